package dev.botgate.bench;

import dev.botgate.bench.Requests.Samples;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How soon a stale member list is given by the packaged gateway once the upstream has failed:
 * {@code mvn -Pbench verify -Dbench.main=dev.botgate.bench.StaleBench}. The upstream is in this process, so that both ends
 * look at one clock.
 */
public final class StaleBench {
    private static final int TIMES = 1_000;
    private static final int WARM_UP = 1_000;
    private static final String LIST = Samples.members();

    private final Stage stage;
    private final Path directory;

    private StaleBench(Stage stage, Path directory) {
        this.stage = stage;
        this.directory = directory;
    }

    /** Takes the packaged jar and the directory to write to. */
    public static void main(String[] arguments) throws Exception {
        System.setProperty("logback.configurationFile", "dev/botgate/bench/logback.xml");
        Path directory = Path.of(arguments[1]).toAbsolutePath().resolve("stage-stale");
        Bench.delete(directory);
        Files.createDirectories(directory);
        Jdk jdk = Jdk.find();
        System.out.printf(
                "%s, %d processors; Java %s; %s%n",
                Report.processor(), Runtime.getRuntime().availableProcessors(), jdk.version(), Report.load());
        try (Stage stage = new Stage(jdk, Path.of(arguments[0]), directory, false, Processors.of(false))) {
            Thread ending = new Thread(stage::close, "end of what was started");
            Runtime.getRuntime().addShutdownHook(ending);
            new StaleBench(stage, directory).measure();
        }
        System.out.println(Report.load());
        System.exit(0);
    }

    private void measure() throws Exception {
        System.out.printf("%nms of %d stale lists of 12 kB%n%-44s %8s %8s %8s%n", TIMES, "", "p50", "p99", "slowest");
        try (Failing upstream = new Failing()) {
            Target gateway = stage.gatewayBefore(upstream.port(), directory.resolve("gateway"));
            try (Client client = new Client(gateway.port(), upstream)) {
                for (int answer : List.of(500, 429)) {
                    upstream.fails(0);
                    for (int i = 0; i < WARM_UP + TIMES; i++) {
                        double unused = client.get(answer + "-" + i, "uri-miss");
                    }
                    upstream.fails(answer);
                    row("from the upstream's " + answer + " to the reply", client, answer + "-", true);
                    row("the same lists, the failure known", client, answer + "-", false);
                }
            }
        }
    }

    private static void row(String title, Client client, String prefix, boolean asked) throws IOException {
        double[] millis = new double[TIMES];
        for (int i = 0; i < WARM_UP + TIMES; i++) {
            double took = client.get(prefix + i, asked ? "fwd=stale; fwd-status" : "hit; ttl=-");
            if (i >= WARM_UP) {
                millis[i - WARM_UP] = took;
            }
        }
        Arrays.sort(millis);
        System.out.printf(
                Locale.ROOT,
                "%-44s %8.2f %8.2f %8.2f%n",
                title,
                millis[TIMES / 2],
                millis[TIMES * 99 / 100],
                millis[TIMES - 1]);
    }

    /** One connection that asks for a conversation's members, and says how long the reply took. */
    private static final class Client implements AutoCloseable {
        private final Socket socket;
        private final BufferedReader in;
        private final Failing upstream;

        Client(int port, Failing upstream) throws IOException {
            this.socket = new Socket(InetAddress.getLoopbackAddress(), port);
            this.in = new BufferedReader(
                    new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1), 65_536);
            this.upstream = upstream;
            socket.setTcpNoDelay(true);
        }

        /** Milliseconds to the end of the reply, from when the upstream failed, or the request was sent where that was not asked. */
        double get(String conversation, String expected) throws IOException {
            String request = "GET /v3/conversations/" + conversation + "/members HTTP/1.1\r\nHost: bench\r\n"
                    + "Authorization: Bearer bench.x.y\r\n\r\n";
            long sent = System.nanoTime();
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            String head = head(in);
            long length = length(head);
            for (long left = length; left > 0; left -= in.skip(left)) {}
            long ended = System.nanoTime();
            if (!head.startsWith("HTTP/1.1 200") || !head.contains(expected)) {
                throw new IOException("Another reply (expected: " + expected + "): " + head);
            }
            Long failed = upstream.failedAt.remove(conversation);
            return (ended - (failed == null ? sent : failed)) / 1e6;
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    /** A connector whose lists are stale at once and kept for errors, and which fails when it is told to. */
    private static final class Failing implements AutoCloseable {
        private final ServerSocket server = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
        private final Map<String, Long> failedAt = new ConcurrentHashMap<>();
        private volatile int status;

        Failing() throws IOException {
            Thread accepting = new Thread(this::accept, "upstream");
            accepting.setDaemon(true);
            accepting.start();
        }

        int port() {
            return server.getLocalPort();
        }

        void fails(int answer) {
            status = answer;
        }

        private void accept() {
            try {
                while (true) {
                    Socket connection = server.accept();
                    Thread serving = new Thread(() -> serve(connection), "upstream's connection");
                    serving.setDaemon(true);
                    serving.start();
                }
            } catch (IOException closed) {
                // Nobody asks any more.
            }
        }

        private void serve(Socket connection) {
            try (connection) {
                connection.setTcpNoDelay(true);
                BufferedReader in = new BufferedReader(
                        new InputStreamReader(connection.getInputStream(), StandardCharsets.ISO_8859_1));
                OutputStream out = connection.getOutputStream();
                while (true) {
                    String conversation = head(in).split("/", 5)[3];
                    boolean fails = status > 0;
                    byte[] reply = (fails ? failure(status) : list()).getBytes(StandardCharsets.US_ASCII);
                    if (fails) {
                        failedAt.put(conversation, System.nanoTime());
                    }
                    out.write(reply);
                }
            } catch (IOException gone) {
                // The gateway has closed the connection.
            }
        }

        private static String list() {
            return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                    + "Cache-Control: max-age=0, stale-while-revalidate=0\r\nContent-Length: " + LIST.length()
                    + "\r\n\r\n" + LIST;
        }

        private static String failure(int status) {
            return "HTTP/1.1 " + status + " No\r\nRetry-After: 5\r\nContent-Length: 0\r\n\r\n";
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }

    private static String head(BufferedReader in) throws IOException {
        StringBuilder head = new StringBuilder();
        for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
            head.append(line).append('\n');
        }
        if (head.isEmpty()) {
            throw new IOException("The connection was closed");
        }
        return head.toString();
    }

    private static long length(String head) {
        return head.lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("content-length:"))
                .mapToLong(line ->
                        Long.parseLong(line.substring(line.indexOf(':') + 1).strip()))
                .findFirst()
                .orElse(0);
    }
}
