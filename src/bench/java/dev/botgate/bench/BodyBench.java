package dev.botgate.bench;

import dev.botgate.bench.Dialect.Conversion;
import dev.botgate.testing.HostileBody;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;

/**
 * What bodies cost that are no JSON, beside the same ones in JSON, and how soon and in how little memory hostile ones are
 * refused by the packaged gateway: {@code mvn -Pbench verify -Dbench.main=dev.botgate.bench.BodyBench}.
 */
public final class BodyBench {
    /** Attachments of a message of 1.5 kB, and of one as large as Teams takes. */
    private static final List<Integer> SIZES = List.of(6, 900);

    private static final int CONNECTIONS = 32;
    private static final int LARGEST = 16 << 20;
    private static final int WARM_UP = 3;
    private static final int TIMES = 7;
    private static final Duration WHILE = Duration.ofSeconds(1);

    private final PrintStream out = System.out;
    private final Target gateway;

    private BodyBench(Target gateway) {
        this.gateway = gateway;
    }

    /** Takes the packaged jar, the directory to write to, and {@code conversions} or {@code refusals} for one of the two. */
    public static void main(String[] arguments) throws Exception {
        System.setProperty("logback.configurationFile", "dev/botgate/bench/logback.xml");
        Path directory = Path.of(arguments[1]).toAbsolutePath().resolve("stage-bodies");
        Bench.delete(directory);
        Files.createDirectories(directory);
        Jdk jdk = Jdk.find();
        System.out.printf(
                "%s, %d processors; Java %s; %s%n",
                Report.processor(), Runtime.getRuntime().availableProcessors(), jdk.version(), Report.load());
        try (Stage stage = new Stage(jdk, Path.of(arguments[0]), directory, false, Processors.of(false))) {
            Thread ending = new Thread(stage::close, "end of what was started");
            Runtime.getRuntime().addShutdownHook(ending);
            BodyBench bench = new BodyBench(stage.gateway(Variant.SHIPPED));
            String part = arguments.length > 2 ? arguments[2] : "";
            if (!part.equals("refusals")) {
                bench.conversions();
            }
            if (!part.equals("conversions")) {
                bench.refusals();
            }
        }
        System.out.println(Report.load());
        System.exit(0);
    }

    private void conversions() throws IOException {
        warmUp();
        Conversion conversion = new Conversion();
        out.printf(
                "%n%-30s %9s %9s %9s %11s %12s %12s%n",
                "the same message as", "bytes", "MB/s", "\u00b5s alone", "allocated", "\u00b5s gateway", "requests/s");
        for (int size : SIZES) {
            Object expected =
                    conversion.json(Dialect.JSON, Dialect.JSON.message(size)).toJson();
            for (Dialect dialect : Dialect.values()) {
                byte[] body = dialect.message(size);
                Buffer json = conversion.json(dialect, body);
                if (!json.toJson().equals(expected)) {
                    throw new IllegalStateException(dialect + " is no such message: " + json);
                }
                out.println(row(dialect, body, conversion.measure(dialect, body, WHILE)));
            }
        }
    }

    /** A row; the gateway records what it forwards. */
    private String row(Dialect dialect, byte[] body, Conversion.Cost alone) throws IOException {
        try (LoadGenerator load = LoadGenerator.open(gateway.port(), CONNECTIONS, requests(dialect, body))) {
            var unused = load.closedLoop(Duration.ofSeconds(1));
            Usage before = gateway.usage();
            LoadGenerator.Run run = load.closedLoop(WHILE);
            Usage.Time used = gateway.usage().since(before);
            if (run.refused() > 0) {
                throw new IOException(run.refused() + " of " + dialect + " were refused");
            }
            return String.format(
                    Locale.ROOT,
                    "%-30s %,9d %,9.0f %,9.1f %,11.0f %,12.0f %,12.0f",
                    dialect.title(),
                    body.length,
                    body.length / alone.micros(),
                    alone.micros(),
                    alone.allocatedBytes(),
                    (used.userNanos() + used.systemNanos()) / 1e3 / run.count(),
                    run.perSecond());
        }
    }

    private static Requests requests(Dialect dialect, byte[] body) {
        String coding = dialect == Dialect.JSON_GZIP ? "Content-Encoding: gzip\r\n" : "";
        return Requests.bytesInTurn(
                10, i -> Requests.post(Workload.activities(i), dialect.contentType(), coding, body));
    }

    private void warmUp() throws IOException {
        for (int size : SIZES) {
            for (Dialect dialect : Dialect.values()) {
                try (LoadGenerator load =
                        LoadGenerator.open(gateway.port(), CONNECTIONS, requests(dialect, dialect.message(size)))) {
                    var unused = load.closedLoop(Duration.ofSeconds(2));
                }
            }
        }
    }

    private void refusals() throws IOException {
        out.printf(
                "%nrefused, at 16 MiB: ms of %d times%n%-44s %8s %8s %8s %14s %s%n",
                TIMES, "", "median", "slowest", "to read", "MiB allocated", "answer");
        for (HostileBody hostile : HostileBody.all()) {
            byte[] body = hostile.bytes(LARGEST);
            refusal(hostile.toString(), contentType(hostile), "", body);
        }
        refusal(
                "json: spaces, packed to 16 kB",
                Dialect.JSON.contentType(),
                "Content-Encoding: gzip\r\n",
                bomb(LARGEST));
        refusal("json: a bomb", Dialect.JSON.contentType(), "Content-Encoding: gzip\r\n", bomb(64 * LARGEST));
    }

    private static String contentType(HostileBody hostile) {
        return switch (hostile.format()) {
            case "xml" -> Dialect.OPENAPI.contentType();
            case "form" -> Dialect.FORM.contentType();
            default -> Dialect.JSON.contentType();
        };
    }

    private void refusal(String name, String contentType, String coding, byte[] body) throws IOException {
        for (int i = 0; i < WARM_UP; i++) {
            var unused = Refusal.of(gateway, contentType, coding, body);
        }
        Refusal[] found = new Refusal[TIMES];
        for (int i = 0; i < TIMES; i++) {
            found[i] = Refusal.of(gateway, contentType, coding, body);
        }
        Arrays.sort(found, Comparator.comparing(Refusal::totalMillis));
        Refusal median = found[TIMES / 2];
        long allocated =
                Arrays.stream(found).mapToLong(Refusal::allocatedBytes).max().orElseThrow();
        out.printf(
                Locale.ROOT,
                "%-44s %8.1f %8.1f %8.1f %14.1f %d %s%n",
                name,
                median.totalMillis(),
                found[TIMES - 1].totalMillis(),
                median.totalMillis() - median.afterMillis(),
                allocated / 1048576.0,
                median.status(),
                median.code());
    }

    /** So many spaces, packed. */
    private static byte[] bomb(int length) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        byte[] spaces = " ".repeat(1 << 20).getBytes(StandardCharsets.US_ASCII);
        try (OutputStream gzip = new GZIPOutputStream(packed)) {
            for (int left = length; left > 0; left -= spaces.length) {
                gzip.write(spaces);
            }
        }
        return packed.toByteArray();
    }

    /**
     * How a gateway refused a body.
     *
     * @param code of the error that it answered
     * @param totalMillis from the request's first byte to the answer's last
     * @param afterMillis of these, what passed once the socket had taken the request's last byte
     * @param allocatedBytes by the whole gateway meanwhile, the body itself included
     */
    record Refusal(int status, String code, double totalMillis, double afterMillis, long allocatedBytes) {

        static Refusal of(Target gateway, String contentType, String coding, byte[] body) throws IOException {
            long allocated = gateway.allocatedBytes();
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port())) {
                socket.setTcpNoDelay(true);
                String head = "POST /v3/conversations/c/activities HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n"
                        + "Content-Type: " + contentType + "\r\n" + coding + "Content-Length: " + body.length
                        + "\r\n\r\n";
                long began = System.nanoTime();
                socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
                socket.getOutputStream().write(body);
                long sent = System.nanoTime();
                String reply = whole(socket.getInputStream());
                long ended = System.nanoTime();
                return new Refusal(
                        Integer.parseInt(reply.substring(9, 12)),
                        reply.replaceAll("(?s).*\"code\":\"([^\"]*)\".*", "$1"),
                        (ended - began) / 1e6,
                        (ended - sent) / 1e6,
                        gateway.allocatedBytes() - allocated);
            }
        }

        /** The reply up to the end of its body, which is announced or ends with the connection. */
        private static String whole(InputStream in) throws IOException {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            byte[] part = new byte[8_192];
            while (true) {
                int count = in.read(part);
                if (count > 0) {
                    bytes.write(part, 0, count);
                }
                String text = bytes.toString(StandardCharsets.UTF_8);
                if (text.endsWith("}}") || (count < 0 && !text.isEmpty())) {
                    return text;
                }
                if (count < 0) {
                    throw new EOFException("The connection was closed without a reply");
                }
            }
        }
    }
}
