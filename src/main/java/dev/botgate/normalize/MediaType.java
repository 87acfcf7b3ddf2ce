package dev.botgate.normalize;

import dev.botgate.exchange.HeaderSyntax;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A {@code Content-Type}: RFC 9110 section 8.3.1.
 *
 * @param name type and subtype, in lower case
 * @param charset the parameter {@code charset}, in lower case; empty where it is missing
 */
record MediaType(String name, String charset) {

    /** Parses the value of the header; empty where it is malformed. */
    static Optional<MediaType> parse(String header) {
        List<String> parts = HeaderSyntax.split(header, ';');
        String name = parts.get(0).toLowerCase(Locale.ROOT);
        int slash = name.indexOf('/');
        boolean valid = slash > 0
                && HeaderSyntax.isToken(name.substring(0, slash))
                && HeaderSyntax.isToken(name.substring(slash + 1));
        return valid ? Optional.of(new MediaType(name, charset(parts))) : Optional.empty();
    }

    private static String charset(List<String> parts) {
        for (int i = 1; i < parts.size(); i++) {
            HeaderSyntax.Parameter parameter = HeaderSyntax.Parameter.of(parts.get(i));
            if (parameter.name().equals("charset")) {
                return parameter.value().toLowerCase(Locale.ROOT);
            }
        }
        return "";
    }

    /** Whether the charset is UTF-8 or missing. */
    boolean isUtf8() {
        return charset.isEmpty() || charset.equals("utf-8") || charset.equals("utf8");
    }

    boolean isAscii() {
        return charset.equals("us-ascii") || charset.equals("ascii");
    }

    /**
     * The charset for the XML parser; empty where the charset is missing, does not tell its byte order, which the
     * document's first bytes then tell, or is not supported (see {@link #isKnownCharset}).
     */
    Optional<Charset> xmlCharset() {
        if (charset.isEmpty() || charset.equals("utf-16") || charset.equals("utf-32") || !isKnownCharset()) {
            return Optional.empty();
        }
        return Optional.of(charset.equals("utf8") ? StandardCharsets.UTF_8 : Charset.forName(charset));
    }

    boolean isKnownCharset() {
        try {
            return charset.isEmpty() || Charset.isSupported(charset);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
