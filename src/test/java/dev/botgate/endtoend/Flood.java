package dev.botgate.endtoend;

import dev.botgate.testing.Patience;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * A connector of large attachments: to GET it sends {@link #SIZE} bytes as fast as they are taken; of any other method it
 * reads the head, waits for {@link #read}, and takes the digest of the rest.
 */
final class Flood implements AutoCloseable {
    static final int SIZE = 64 << 20;

    /** More than what all sockets on the way hold, and far less than {@link #SIZE}. */
    static final long HELD_ON_THE_WAY = 32 << 20;

    private final ServerSocket server;
    private final AtomicLong sent = new AtomicLong();
    private final CountDownLatch reading = new CountDownLatch(1);
    private volatile String received = "";

    Flood() throws IOException {
        server = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
        Thread thread = new Thread(this::serve, "flood");
        thread.setDaemon(true);
        thread.start();
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.getLocalPort());
    }

    /** How many bytes of a reply's body could be sent. */
    long sent() {
        return sent.get();
    }

    /** Begins to read the body of a request. */
    void read() {
        reading.countDown();
    }

    /** The SHA-256 of the body that was read. */
    String received() {
        return received;
    }

    /** The byte that stands at {@code index} of every body, in a part of {@code length}. */
    static byte[] part(long index, int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (((index + i) * 31) >>> 3);
        }
        return bytes;
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Waits until {@code count} stands still, which is when no buffer on the way takes more. */
    static long standstillOf(LongSupplier count) {
        long end = System.nanoTime() + Patience.LIMIT.toNanos();
        long last = -1;
        while (System.nanoTime() < end) {
            long now = count.getAsLong();
            if (now > 0 && now == last) {
                return now;
            }
            last = now;
            LockSupport.parkNanos(400_000_000);
        }
        throw new AssertionError("It never stood still, and is at " + last);
    }

    @Override
    public void close() throws IOException {
        server.close();
    }

    private void serve() {
        while (!server.isClosed()) {
            try (Socket socket = server.accept()) {
                serve(socket);
            } catch (IOException gone) {
                // Clients may leave whenever they want to.
            } catch (InterruptedException ended) {
                return;
            }
        }
    }

    private void serve(Socket socket) throws IOException, InterruptedException {
        InputStream in = socket.getInputStream();
        OutputStream out = socket.getOutputStream();
        String head = head(in);
        if (head.startsWith("GET ")) {
            write(out, "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: " + SIZE + "\r\n\r\n");
            for (int at = 0; at < SIZE; at += 65_536) {
                out.write(part(at, 65_536));
                sent.addAndGet(65_536);
            }
            return;
        }
        if (!reading.await(Patience.LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
            return;
        }
        MessageDigest digest = sha256();
        long left = Long.parseLong(head.replaceAll("(?is).*content-length: (\\d+).*", "$1"));
        byte[] part = new byte[65_536];
        while (left > 0) {
            int count = in.read(part, 0, (int) Math.min(part.length, left));
            if (count < 0) {
                return;
            }
            digest.update(part, 0, count);
            left -= count;
        }
        received = HexFormat.of().formatHex(digest.digest());
        write(out, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("closed in the middle of a head");
            }
            head.append((char) next);
        }
        return head.toString();
    }
}
