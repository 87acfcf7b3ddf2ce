package dev.botgate.normalize;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
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
        int end = header.indexOf(';');
        String name = (end < 0 ? header : header.substring(0, end)).strip().toLowerCase(Locale.ROOT);
        int slash = name.indexOf('/');
        boolean valid = slash > 0 && slash < name.length() - 1 && isToken(name) && name.indexOf('/', slash + 1) < 0;
        return valid ? Optional.of(new MediaType(name, end < 0 ? "" : charset(header, end))) : Optional.empty();
    }

    private static boolean isToken(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c <= ' ' || c >= 0x7F || "()<>@,;:\\\"[]?={}".indexOf(c) >= 0) {
                return false;
            }
        }
        return true;
    }

    private static String charset(String header, int from) {
        int at = from;
        while (at >= 0 && at < header.length()) {
            int next = endOfParameter(header, at + 1);
            String parameter = header.substring(at + 1, next).strip();
            int equals = parameter.indexOf('=');
            if (equals > 0 && parameter.substring(0, equals).strip().equalsIgnoreCase("charset")) {
                return unquoted(parameter.substring(equals + 1).strip()).toLowerCase(Locale.ROOT);
            }
            at = next;
        }
        return "";
    }

    private static int endOfParameter(String header, int from) {
        boolean quoted = false;
        for (int i = from; i < header.length(); i++) {
            char c = header.charAt(i);
            if (c == '\\' && quoted) {
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == ';' && !quoted) {
                return i;
            }
        }
        return header.length();
    }

    private static String unquoted(String value) {
        boolean quoted = value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"");
        return quoted ? value.substring(1, value.length() - 1).replace("\\", "") : value;
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
