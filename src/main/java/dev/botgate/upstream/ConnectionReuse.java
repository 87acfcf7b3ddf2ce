package dev.botgate.upstream;

import dev.botgate.exchange.HeaderNames;
import dev.botgate.exchange.HeaderSyntax;
import io.vertx.core.MultiMap;
import java.util.ArrayList;
import java.util.List;

/** Whether the connection that a reply came on may go to another request, where the client library does not see it all. */
final class ConnectionReuse {
    private static final String CLOSE = "close";

    private ConnectionReuse() {}

    /**
     * Puts {@code close} first where {@code Connection} holds it at all, since the library looks at the first value only,
     * and takes it for one word: RFC 9110 section 7.6.1, RFC 9112 section 9.6.
     *
     * @param headers of a reply that has not ended; changed in place
     */
    static void heedClose(MultiMap headers) {
        String first = headers.get(HeaderNames.CONNECTION);
        if (first == null || first.equalsIgnoreCase(CLOSE)) {
            return;
        }
        List<String> values = headers.getAll(HeaderNames.CONNECTION);
        if (HeaderSyntax.list(values).stream().anyMatch(CLOSE::equalsIgnoreCase)) {
            List<String> closeFirst = new ArrayList<>(List.of(CLOSE));
            closeFirst.addAll(values);
            headers.set(HeaderNames.CONNECTION, List.<CharSequence>copyOf(closeFirst));
        }
    }
}
