package dev.botgate.exchange;

import dev.botgate.operation.Route;
import io.vertx.core.MultiMap;
import java.time.Instant;

/**
 * The head of a request, with its route and connector.
 *
 * @param requestId the client's id of the request, or one made by the gateway
 * @param receivedAt when the head had been parsed
 * @param method the HTTP method, in capitals
 * @param upstream the configured name of the upstream that the path chose
 * @param uri raw path and query below the upstream's base URL, starting with a slash, byte for byte as they came
 * @param route the operation, and the ids that the path names
 * @param headers as they came, repeats and hop-by-hop headers included; never changed in place
 * @param peer the client's end of the connection, for {@code Forwarded}
 */
public record RequestHead(
        String requestId,
        Instant receivedAt,
        String method,
        String upstream,
        String uri,
        Route route,
        MultiMap headers,
        Peer peer) {

    /** The same head with other headers. */
    public RequestHead withHeaders(MultiMap replacement) {
        return new RequestHead(requestId, receivedAt, method, upstream, uri, route, replacement, peer);
    }

    /** The same head with another method. */
    public RequestHead withMethod(String replacement) {
        return new RequestHead(requestId, receivedAt, replacement, upstream, uri, route, headers, peer);
    }

    /** The part of {@link #uri} before the question mark. */
    public String rawPath() {
        int question = uri.indexOf('?');
        return question < 0 ? uri : uri.substring(0, question);
    }

    /** The part of {@link #uri} after the question mark; empty without one. */
    public String rawQuery() {
        int question = uri.indexOf('?');
        return question < 0 ? "" : uri.substring(question + 1);
    }
}
