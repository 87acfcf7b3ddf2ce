package dev.botgate.exchange;

import io.netty.util.AsciiString;
import io.vertx.core.MultiMap;
import java.util.List;
import java.util.stream.Stream;

/** Which headers travel from end to end: RFC 9110 section 7.6.1. */
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

    /** RFC 9110 section 8.4, RFC 9530, and their elders. */
    private static final List<String> OF_THE_BYTES =
            List.of("Content-Encoding", "Content-Digest", "Repr-Digest", "Digest", "Content-MD5");

    private Headers() {}

    /** A copy of {@code headers}, repeats and order kept, without hop-by-hop headers and those that {@code Connection} names. */
    public static MultiMap endToEnd(MultiMap headers) {
        MultiMap kept = MultiMap.caseInsensitiveMultiMap();
        putEndToEnd(headers, kept);
        return kept;
    }

    /** Puts such a copy into {@code kept}, in place of what that held. */
    public static void putEndToEnd(MultiMap headers, MultiMap kept) {
        kept.setAll(headers);
        HeaderSyntax.list(headers.getAll(HeaderNames.CONNECTION)).forEach(kept::remove);
        for (CharSequence name : HOP_BY_HOP) {
            kept.remove(name);
        }
    }

    /** The headers of a body whose bytes are others now: without those that tell of the bytes; the same if there are none. */
    public static MultiMap ofOtherBytes(MultiMap headers) {
        if (OF_THE_BYTES.stream().noneMatch(headers::contains)) {
            return headers;
        }
        MultiMap kept = copy(headers);
        OF_THE_BYTES.forEach(kept::remove);
        return kept;
    }

    /** A copy of {@code headers}, repeats and order kept. */
    public static MultiMap copy(MultiMap headers) {
        // Into an empty map setAll does what addAll does, and without a text for each name.
        return MultiMap.caseInsensitiveMultiMap().setAll(headers);
    }
}
