package dev.botgate.bench;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** One connection of the load generator: a request, its whole reply, the next. Knows of HTTP what the replies here need. */
final class RawConnection implements AutoCloseable {
    private static final int LONGEST_HEAD = 8_192;

    private final SocketChannel channel;
    private final byte[] head = new byte[LONGEST_HEAD];
    private int headLength;
    private long bodyLeft = -1;
    private long dueNanos;
    private boolean refused;

    private RawConnection(SocketChannel channel) {
        this.channel = channel;
    }

    static RawConnection open(Selector selector, int port) throws IOException {
        SocketChannel channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.configureBlocking(false);
        RawConnection wire = new RawConnection(channel);
        channel.register(selector, SelectionKey.OP_READ, wire);
        return wire;
    }

    /** @param due when it was to be sent, which may be before it is */
    void send(ByteBuffer request, long due) throws IOException {
        dueNanos = due;
        headLength = 0;
        bodyLeft = -1;
        int length = request.remaining();
        if (channel.write(request) < length) {
            throw new IOException("The request did not fit into the socket's buffer");
        }
    }

    /** When the request was to be sent whose reply has come. */
    long dueNanos() {
        return dueNanos;
    }

    /** Whether the reply that has come is no 2xx. */
    boolean refused() {
        return refused;
    }

    /** Reads what is there; whether the reply is complete. */
    boolean read(ByteBuffer into) throws IOException {
        into.clear();
        int count = channel.read(into);
        if (count < 0) {
            throw new EOFException("The connection was closed before the reply was complete");
        }
        into.flip();
        if (bodyLeft < 0) {
            head(into);
        }
        if (bodyLeft >= 0) {
            bodyLeft -= into.remaining();
        }
        return bodyLeft == 0;
    }

    private void head(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            if (headLength == LONGEST_HEAD) {
                throw new IOException("The reply's head is longer than " + LONGEST_HEAD);
            }
            head[headLength++] = bytes.get();
            if (headLength >= 4 && head[headLength - 1] == '\n' && head[headLength - 3] == '\n') {
                understand();
                return;
            }
        }
    }

    private void understand() throws IOException {
        refused = head[9] != '2';
        int at = indexOfContentLength();
        if (at < 0) {
            throw new IOException(
                    "A reply without Content-Length: " + new String(head, 0, headLength, StandardCharsets.ISO_8859_1));
        }
        long length = 0;
        for (int i = at; head[i] != '\r'; i++) {
            length = head[i] == ' ' ? length : length * 10 + head[i] - '0';
        }
        bodyLeft = length;
    }

    private int indexOfContentLength() {
        byte[] name = "\ncontent-length:".getBytes(StandardCharsets.ISO_8859_1);
        for (int i = 0; i + name.length < headLength; i++) {
            int same = 0;
            while (same < name.length && lower(head[i + same]) == name[same]) {
                same++;
            }
            if (same == name.length) {
                return i + same;
            }
        }
        return -1;
    }

    private static int lower(byte b) {
        return b >= 'A' && b <= 'Z' ? b + 32 : b;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%s, %d bytes of a head, %d of a body left", channel, headLength, bodyLeft);
    }
}
