package dev.botgate.exchange;

import io.vertx.core.MultiMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** How a body is compressed: RFC 9110 section 8.4. */
public enum ContentCoding {
    IDENTITY,
    GZIP,
    /** The zlib format of RFC 1950, or the bare RFC 1951 that some senders use under this name. */
    DEFLATE;

    /** The header that names the coding. */
    public static final String HEADER = "Content-Encoding";

    /** The supported codings, as a value of {@code Accept-Encoding}. */
    public static final String ACCEPTED = "gzip, deflate, identity";

    /** The codings that {@code headers} name, in lower case, in the order in which they were applied; without identity. */
    public static List<String> namesIn(MultiMap headers) {
        return HeaderSyntax.list(headers.getAll(HEADER)).stream()
                .map(name -> name.toLowerCase(Locale.ROOT))
                .filter(name -> !name.equals("identity"))
                .toList();
    }

    /** The coding that {@code headers} name; empty where it is not supported, or where there are several. */
    public static Optional<ContentCoding> of(MultiMap headers) {
        if (!headers.contains(HEADER)) {
            return Optional.of(IDENTITY);
        }
        List<String> names = namesIn(headers);
        return names.isEmpty() ? Optional.of(IDENTITY) : names.size() > 1 ? Optional.empty() : named(names.get(0));
    }

    /** The coding of that name; empty where it is not supported. */
    public static Optional<ContentCoding> named(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "gzip", "x-gzip" -> Optional.of(GZIP);
            case "deflate" -> Optional.of(DEFLATE);
            case "identity" -> Optional.of(IDENTITY);
            default -> Optional.empty();
        };
    }
}
