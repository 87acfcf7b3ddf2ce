package dev.botgate.testing;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** HTTP/1.1 framing, read byte by byte and kept as it came. */
final class HttpFraming {
    private HttpFraming() {}

    /** A line without its end; empty when the connection ended before it began. */
    static Optional<String> line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                if (line.size() == 0) {
                    return Optional.empty();
                }
                throw new EOFException("closed in the middle of a line: " + text(line));
            }
            line.write(next);
        }
        String text = text(line);
        return Optional.of(text.endsWith("\r") ? text.substring(0, text.length() - 1) : text);
    }

    static List<Map.Entry<String, String>> headers(InputStream in) throws IOException {
        List<Map.Entry<String, String>> headers = new ArrayList<>();
        for (String line = required(in); !line.isEmpty(); line = required(in)) {
            int colon = line.indexOf(':');
            headers.add(
                    colon < 0
                            ? Map.entry(line, "")
                            : Map.entry(
                                    line.substring(0, colon),
                                    line.substring(colon + 1).strip()));
        }
        return List.copyOf(headers);
    }

    /** Reads a chunked body into {@code body}; gives its trailers. */
    static List<Map.Entry<String, String>> chunks(InputStream in, OutputStream body) throws IOException {
        while (true) {
            int size = Integer.parseInt(required(in).split(";", 2)[0].strip(), 16);
            if (size == 0) {
                return headers(in);
            }
            exactly(in, size, body);
            String end = required(in);
            if (!end.isEmpty()) {
                throw new IOException("a chunk is followed by " + end);
            }
        }
    }

    static void exactly(InputStream in, int length, OutputStream body) throws IOException {
        for (int left = length; left > 0; ) {
            byte[] bytes = in.readNBytes(Math.min(left, 65_536));
            body.write(bytes);
            left -= bytes.length;
            if (bytes.length == 0) {
                throw new EOFException("closed after " + (length - left) + " of " + length + " bytes of the body");
            }
        }
    }

    static Optional<String> header(List<Map.Entry<String, String>> headers, String name) {
        return headers.stream()
                .filter(header -> header.getKey().equalsIgnoreCase(name))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    /** Whether the last coding of these headers' Transfer-Encoding is chunked. */
    static boolean chunked(List<Map.Entry<String, String>> headers) {
        return header(headers, "Transfer-Encoding")
                .map(coding -> coding.toLowerCase(Locale.ROOT).endsWith("chunked"))
                .orElse(false);
    }

    private static String required(InputStream in) throws IOException {
        return line(in).orElseThrow(() -> new EOFException("closed between two lines"));
    }

    private static String text(ByteArrayOutputStream line) {
        return line.toString(StandardCharsets.ISO_8859_1);
    }
}
