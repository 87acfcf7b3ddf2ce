package dev.botgate.normalize;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** How a body is compressed: RFC 9110 section 8.4. */
enum ContentCoding {
    IDENTITY,
    GZIP,
    /** The zlib format of RFC 1950, or the bare RFC 1951 that some clients send under this name. */
    DEFLATE;

    /** The header that names the coding. */
    static final String HEADER = "Content-Encoding";

    /** The supported codings, as a value of {@code Accept-Encoding}. */
    static final String ACCEPTED = "gzip, deflate, identity";

    /** The codings that {@code headers} name, in lower case, in the order in which they were applied. */
    static List<String> namesIn(List<String> headers) {
        List<String> namesIn = new ArrayList<>(1);
        for (String header : headers) {
            for (String coding : header.split(",", -1)) {
                String name = coding.strip().toLowerCase(Locale.ROOT);
                if (!name.isEmpty() && !name.equals("identity")) {
                    namesIn.add(name);
                }
            }
        }
        return namesIn;
    }

    /** The coding of {@code names}; empty where it is not supported, or where there are several. */
    static Optional<ContentCoding> of(List<String> names) {
        if (names.isEmpty()) {
            return Optional.of(IDENTITY);
        }
        if (names.size() > 1) {
            return Optional.empty();
        }
        return switch (names.get(0)) {
            case "gzip", "x-gzip" -> Optional.of(GZIP);
            case "deflate" -> Optional.of(DEFLATE);
            default -> Optional.empty();
        };
    }
}
