package dev.botgate.exchange;

import io.netty.util.AsciiString;
import io.vertx.core.MultiMap;
import java.util.List;
import java.util.stream.Stream;

/** Copies of headers, without those of one connection (RFC 9110 section 7.6.1) or of other bytes. */
public final class Headers {
    private static final List<? extends CharSequence> HOP_BY_HOP = Stream.of(
                    "Connection",
                    "Keep-Alive",
                    "Proxy-Connection",
                    "Proxy-Authenticate",
                    "Proxy-Authorization",
                    "TE",
                    "Trailer",
                    "Transfer-Encoding",
                    "Upgrade")
            .map(AsciiString::cached)
            .toList();

    /** Headers that describe the bytes of a body: RFC 9110 section 8.4, RFC 9530 and their predecessors. */
    private static final List<String> DESCRIBING_BYTES =
            List.of("Content-Encoding", "Content-Digest", "Repr-Digest", "Digest", "Content-MD5");

    private Headers() {}

    /** A copy of {@code headers}, repeats and order kept, without hop-by-hop headers and those that {@code Connection} names. */
    public static MultiMap endToEnd(MultiMap headers) {
        MultiMap kept = MultiMap.caseInsensitiveMultiMap();
        putEndToEnd(headers, kept);
        return kept;
    }

    /** Replaces the content of {@code kept} by such a copy. */
    public static void putEndToEnd(MultiMap headers, MultiMap kept) {
        kept.setAll(headers);
        HeaderSyntax.list(headers.getAll(HeaderNames.CONNECTION)).forEach(kept::remove);
        for (CharSequence name : HOP_BY_HOP) {
            kept.remove(name);
        }
    }

    /** The headers for a body whose bytes have changed: without those that describe bytes; the same object if there are none. */
    public static MultiMap ofOtherBytes(MultiMap headers) {
        if (DESCRIBING_BYTES.stream().noneMatch(headers::contains)) {
            return headers;
        }
        MultiMap kept = copy(headers);
        DESCRIBING_BYTES.forEach(kept::remove);
        return kept;
    }

    /** A copy of {@code headers}, repeats and order kept. */
    public static MultiMap copy(MultiMap headers) {
        // On an empty map setAll does the same as addAll, but converts no name to a String.
        return MultiMap.caseInsensitiveMultiMap().setAll(headers);
    }
}
