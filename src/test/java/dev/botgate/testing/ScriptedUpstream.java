package dev.botgate.testing;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.botgate.testing.Script.Step;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.net.ServerSocketFactory;
import javax.net.ssl.SSLContext;

/**
 * An upstream that plays one {@link Script} for each request, byte for byte, on plain sockets and threads of its own.
 *
 * <p>Scripts are taken in the order in which requests begin, over all connections; the last one goes on for ever.
 */
public final class ScriptedUpstream implements AutoCloseable {
    private final ServerSocket server;
    private final URI url;
    private final Queue<Script> scripts = new ConcurrentLinkedQueue<>();
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final BlockingQueue<Request> untaken = new LinkedBlockingQueue<>();
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private final AtomicInteger accepted = new AtomicInteger();
    private final AtomicInteger begun = new AtomicInteger();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile Script last;

    /**
     * A request as it came.
     *
     * @param requestLine without its line end
     * @param headers in order, with their letter case
     * @param body as ISO 8859-1, a character for a byte, without chunk framing
     * @param connection counts the connections from 1
     */
    public record Request(String requestLine, List<Map.Entry<String, String>> headers, String body, int connection) {
        /** All values of a header, letter case aside. */
        public List<String> all(String name) {
            return headers.stream()
                    .filter(header -> header.getKey().equalsIgnoreCase(name))
                    .map(Map.Entry::getValue)
                    .toList();
        }
    }

    private ScriptedUpstream(ServerSocket server, URI url, List<Script> scripts) {
        this.server = server;
        this.url = url;
        this.scripts.addAll(scripts);
        this.last = scripts.get(scripts.size() - 1);
    }

    /** Starts to listen on a free port of the loopback interface. */
    public static ScriptedUpstream start(Script first, Script... more) {
        return start(ServerSocketFactory.getDefault(), "http://127.0.0.1", first, more);
    }

    /** The same over TLS, at {@code localhost}. */
    public static ScriptedUpstream startTls(SSLContext context, Script first, Script... more) {
        return start(context.getServerSocketFactory(), "https://localhost", first, more);
    }

    private static ScriptedUpstream start(
            ServerSocketFactory sockets, String schemeAndHost, Script first, Script... more) {
        try {
            ServerSocket server = sockets.createServerSocket(0, 1_024, InetAddress.getLoopbackAddress());
            URI url = URI.create(schemeAndHost + ":" + server.getLocalPort());
            List<Script> all = Stream.concat(Stream.of(first), Stream.of(more)).toList();
            ScriptedUpstream upstream = new ScriptedUpstream(server, url, all);
            daemon("scripted-upstream", upstream::accept);
            return upstream;
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    /** An address at which nobody listens: connections are refused. */
    public static URI nobody() {
        return URI.create("http://127.0.0.1:" + Ports.free());
    }

    public URI url() {
        return url;
    }

    /** Adds scripts for requests to come, in place of the one that went on for ever. */
    public void then(Script first, Script... more) {
        scripts.add(first);
        scripts.addAll(List.of(more));
        last = more.length == 0 ? first : more[more.length - 1];
    }

    /** Plays these to requests to come, the last one for ever, and forgets unplayed scripts and the requests that came. */
    public void play(Script first, Script... more) {
        scripts.clear();
        requests.clear();
        untaken.clear();
        then(first, more);
    }

    /** The requests that were read whole, in that order. */
    public List<Request> requests() {
        return List.copyOf(requests);
    }

    /** Waits for the next request that was read whole and that nobody has taken. */
    public Request take() {
        try {
            Request next = untaken.poll(Patience.LIMIT.toMillis(), TimeUnit.MILLISECONDS);
            if (next == null) {
                throw new AssertionError("No request arrived within " + Patience.LIMIT);
            }
            return next;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError("Interrupted", interrupted);
        }
    }

    /** How many connections are open. */
    public int open() {
        return open.size();
    }

    /** How many connections were accepted. */
    public int connections() {
        return accepted.get();
    }

    /** Of how many requests the first byte has come. */
    public int begun() {
        return begun.get();
    }

    @Override
    public void close() {
        closed.countDown();
        try {
            server.close();
            for (Socket socket : open) {
                socket.close();
            }
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private void accept() {
        while (closed.getCount() > 0) {
            try {
                Socket socket = server.accept();
                int number = accepted.incrementAndGet();
                daemon("scripted-upstream-" + number, () -> serve(socket, number));
            } catch (IOException ended) {
                return;
            }
        }
    }

    private void serve(Socket socket, int number) {
        open.add(socket);
        try (socket) {
            Line line = new Line(socket, number);
            while (!socket.isClosed() && line.anotherBegins()) {
                begun.incrementAndGet();
                line.play(nextScript());
            }
        } catch (IOException gone) {
            // The other end may leave whenever it wants to.
            return;
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(socket);
        }
    }

    private Script nextScript() {
        Script next = scripts.poll();
        return next == null ? last : next;
    }

    private static void daemon(String name, Runnable body) {
        Thread thread = new Thread(body, name);
        thread.setDaemon(true);
        thread.start();
    }

    /** One accepted connection, as steps use it. */
    public final class Line {
        private final Socket socket;
        private final int number;
        private final InputStream in;
        private Request request;

        private Line(Socket socket, int number) throws IOException {
            this.socket = socket;
            this.number = number;
            this.request = new Request("", List.of(), "", number);
            this.in = new BufferedInputStream(socket.getInputStream());
            socket.setTcpNoDelay(true);
        }

        void play(Script script) throws IOException, InterruptedException {
            for (Step step : script.steps()) {
                step.play(this);
            }
        }

        Request request() {
            return request;
        }

        void readHead() throws IOException {
            String requestLine = HttpFraming.line(in).orElseThrow(() -> new EOFException("closed before a request"));
            request = new Request(requestLine, HttpFraming.headers(in), "", number);
        }

        void readBody() throws IOException {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            List<Map.Entry<String, String>> trailers = passBody(body);
            request = new Request(
                    request.requestLine(),
                    Stream.concat(request.headers().stream(), trailers.stream()).toList(),
                    body.toString(StandardCharsets.ISO_8859_1),
                    number);
            requests.add(request);
            untaken.add(request);
        }

        /** Gives the trailers. */
        @CanIgnoreReturnValue
        List<Map.Entry<String, String>> passBody(OutputStream body) throws IOException {
            if (HttpFraming.chunked(request.headers())) {
                return HttpFraming.chunks(in, body);
            }
            HttpFraming.exactly(
                    in,
                    HttpFraming.header(request.headers(), "Content-Length")
                            .map(Integer::parseInt)
                            .orElse(0),
                    body);
            return List.of();
        }

        void write(byte[] bytes) throws IOException {
            socket.getOutputStream().write(bytes);
            socket.getOutputStream().flush();
        }

        void drain() throws IOException {
            in.transferTo(OutputStream.nullOutputStream());
        }

        /** Empty lines before a reply mean nothing, and cannot be sent to who has closed. */
        void outstay() throws IOException, InterruptedException {
            while (!closed.await(10, TimeUnit.MILLISECONDS)) {
                write(new byte[] {'\r', '\n'});
            }
        }

        void awaitClose() throws InterruptedException {
            closed.await();
        }

        void close() throws IOException {
            socket.close();
        }

        void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }

        private boolean anotherBegins() throws IOException {
            in.mark(1);
            int first = in.read();
            in.reset();
            return first >= 0;
        }
    }

    /** A listener that accepts nothing and whose queue is full: connecting to it neither succeeds nor is refused (on Linux). */
    public static final class FullBacklog implements AutoCloseable {
        private static final int PROBE_MILLIS = 200;
        private static final int MAX_CONNECTIONS = 64;

        private final ServerSocket server;
        private final List<Socket> queued = new ArrayList<>();

        private FullBacklog(ServerSocket server) {
            this.server = server;
        }

        public static FullBacklog start() {
            try {
                FullBacklog full = new FullBacklog(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
                full.fill();
                return full;
            } catch (IOException refused) {
                throw new UncheckedIOException(refused);
            }
        }

        public URI url() {
            return URI.create("http://127.0.0.1:" + server.getLocalPort());
        }

        @Override
        public void close() {
            try {
                for (Socket socket : queued) {
                    socket.close();
                }
                server.close();
            } catch (IOException broken) {
                throw new UncheckedIOException(broken);
            }
        }

        private void fill() throws IOException {
            while (queued.size() < MAX_CONNECTIONS) {
                Socket socket = new Socket();
                queued.add(socket);
                try {
                    socket.connect(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getLocalPort()),
                            PROBE_MILLIS);
                } catch (SocketTimeoutException full) {
                    return;
                }
            }
            throw new IOException("the queue took " + MAX_CONNECTIONS + " connections");
        }
    }
}
