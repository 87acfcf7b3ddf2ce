package dev.botgate.sandbox;

import dev.botgate.operation.Operation;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A request that reached the sandbox, credentials included.
 *
 * @param sequence counts from 1 for each sandbox, in the order of arrival
 * @param uri raw path and query, byte for byte
 * @param headers in their order, with repeats and letter case
 * @param body what has been read so far
 * @param complete whether the request was read to its end
 * @param arrivedNanos when the head arrived, on the sandbox's monotonic clock
 * @param arrivedAt when the head arrived, by the wall clock
 */
public record ReceivedRequest(
        long sequence,
        String method,
        String uri,
        Operation operation,
        List<Map.Entry<String, String>> headers,
        Buffer body,
        boolean complete,
        long arrivedNanos,
        Instant arrivedAt) {
    public ReceivedRequest {
        headers = List.copyOf(headers);
    }

    /** The first value of a header, letter case aside. */
    public Optional<String> header(String name) {
        return headers(name).stream().findFirst();
    }

    /** All values of a header, letter case aside. */
    public List<String> headers(String name) {
        return headers.stream()
                .filter(header -> header.getKey().equalsIgnoreCase(name))
                .map(Map.Entry::getValue)
                .toList();
    }

    ReceivedRequest withBody(Buffer read, boolean wholeBody) {
        return new ReceivedRequest(sequence, method, uri, operation, headers, read, wholeBody, arrivedNanos, arrivedAt);
    }
}
