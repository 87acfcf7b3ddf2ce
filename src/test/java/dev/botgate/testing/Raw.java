package dev.botgate.testing;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.vertx.core.buffer.Buffer;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An HTTP/1.1 client that sends exactly the bytes it is given, for what no client can say.
 *
 * <p>Text goes out as ISO 8859-1, a byte for a character. Every read fails after {@link Patience#LIMIT}.
 */
public final class Raw implements AutoCloseable {
    private final Socket socket;
    private final InputStream in;

    private Raw(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream());
    }

    /**
     * A reply as it came.
     *
     * @param statusLine without its line end
     * @param headers in order, with their letter case
     * @param body without chunk framing
     * @param trailers of a chunked body
     */
    public record Reply(
            String statusLine,
            List<Map.Entry<String, String>> headers,
            Buffer body,
            List<Map.Entry<String, String>> trailers) {
        /** The status code. */
        public int status() {
            return Integer.parseInt(statusLine.split(" ")[1]);
        }

        /** What follows the status code; may be empty. */
        public String reason() {
            String[] parts = statusLine.split(" ", 3);
            return parts.length == 3 ? parts[2] : "";
        }

        /** The body as UTF-8. */
        public String text() {
            return body.toString(StandardCharsets.UTF_8);
        }

        /** All values of a header, letter case aside. */
        public List<String> all(String name) {
            return headers.stream()
                    .filter(header -> header.getKey().equalsIgnoreCase(name))
                    .map(Map.Entry::getValue)
                    .toList();
        }

        /** The first value of a header, letter case aside. */
        public Optional<String> header(String name) {
            return all(name).stream().findFirst();
        }
    }

    /** Connects to host and port of {@code base}. */
    public static Raw connect(URI base) {
        return connect(base.getHost(), base.getPort());
    }

    public static Raw connect(int port) {
        return connect(InetAddress.getLoopbackAddress().getHostAddress(), port);
    }

    private static Raw connect(String host, int port) {
        try {
            Socket socket = new Socket(host, port);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout((int) Patience.LIMIT.toMillis());
            return new Raw(socket);
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    /** One request on a connection of its own, and its final reply. */
    public static Reply exchange(URI base, String request) {
        try (Raw raw = connect(base)) {
            return raw.send(request).reply();
        }
    }

    /**
     * A request of these lines with a body in UTF-8; adds the line ends, {@code Content-Length}, and {@code Host} where no
     * line names it.
     */
    public static String request(String requestLine, List<String> headers, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        StringBuilder text = new StringBuilder(requestLine).append("\r\n");
        if (headers.stream().noneMatch(header -> header.startsWith("Host:"))) {
            text.append("Host: botgate.test\r\n");
        }
        headers.forEach(header -> text.append(header).append("\r\n"));
        if (bytes.length > 0) {
            text.append("Content-Length: ").append(bytes.length).append("\r\n");
        }
        return text.append("\r\n")
                .append(new String(bytes, StandardCharsets.ISO_8859_1))
                .toString();
    }

    @CanIgnoreReturnValue
    public Raw send(String text) {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    @CanIgnoreReturnValue
    public Raw send(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
            socket.getOutputStream().flush();
            return this;
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    /** Says that nothing more will be sent, and goes on reading. */
    public void finishSending() {
        try {
            socket.shutdownOutput();
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    /** Leaves as a killed client does, with a reset. */
    public void reset() {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    /** The next reply that is not informational, to a request other than HEAD. */
    public Reply reply() {
        Reply reply = next(false);
        while (reply.status() < 200) {
            reply = next(false);
        }
        return reply;
    }

    /** The next reply, to a HEAD request. */
    public Reply replyToHead() {
        return next(true);
    }

    /** The next reply, which may be informational. */
    public Reply next() {
        return next(false);
    }

    /** Reads, and forgets, up to the end of {@code text}, which is ASCII. */
    public void readTo(String text) {
        StringBuilder read = new StringBuilder();
        try {
            while (read.indexOf(text) < 0) {
                int next = in.read();
                if (next < 0) {
                    throw new AssertionError("The connection ended before " + text);
                }
                read.append((char) next);
            }
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    /** All bytes up to the connection's end. */
    public byte[] untilClosed() {
        try {
            return in.readAllBytes();
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private Reply next(boolean toHead) {
        try {
            String statusLine = HttpFraming.line(in).orElseThrow(() -> new EOFException("closed before a reply"));
            List<Map.Entry<String, String>> headers = HttpFraming.headers(in);
            Reply head = new Reply(statusLine, headers, Buffer.buffer(), List.of());
            boolean none = toHead || head.status() < 200 || head.status() == 204 || head.status() == 304;
            if (none) {
                return head;
            }
            List<Map.Entry<String, String>> trailers = new ArrayList<>();
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            if (HttpFraming.chunked(headers)) {
                trailers.addAll(HttpFraming.chunks(in, body));
            } else if (head.header("Content-Length").isPresent()) {
                HttpFraming.exactly(
                        in, Integer.parseInt(head.header("Content-Length").get()), body);
            } else {
                in.transferTo(body);
            }
            return new Reply(statusLine, headers, Buffer.buffer(body.toByteArray()), List.copyOf(trailers));
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
