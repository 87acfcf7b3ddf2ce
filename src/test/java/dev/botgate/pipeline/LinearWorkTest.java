package dev.botgate.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.audit.redaction.JsonPointer;
import dev.botgate.audit.redaction.Redaction;
import dev.botgate.audit.redaction.RedactionKeySettings;
import dev.botgate.audit.redaction.RedactionKeys;
import dev.botgate.exchange.Call;
import dev.botgate.exchange.Caller;
import dev.botgate.exchange.Identified;
import dev.botgate.exchange.Peer;
import dev.botgate.exchange.Reply;
import dev.botgate.exchange.ReplyBody;
import dev.botgate.exchange.RequestHead;
import dev.botgate.normalize.NormalizeSettings;
import dev.botgate.normalize.Normalizer;
import dev.botgate.operation.RouteTable;
import dev.botgate.schema.Schema;
import dev.botgate.testing.HostileBody;
import dev.botgate.testing.ReceivedBody;
import dev.botgate.testing.TestSettings;
import dev.botgate.upstream.ServiceUrlFilter;
import dev.botgate.upstream.UpstreamSettings;
import dev.botgate.upstream.UpstreamSettings.ConnectorSettings;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a body costs the event loop grows as its length does, whatever is in it. */
class LinearWorkTest {
    private static final int MIB = 1 << 20;

    /** Four times the bytes may take eight times the time, and what collections and compilations take besides. */
    private static final int GENEROUS = 8;

    private static final Duration NOISE = Duration.ofMillis(100);

    private static final String HISTORY = "/v3/conversations/c/activities/history";
    private static final String ACTIVITIES = "/v3/conversations/c/activities";
    private static final NormalizeSettings BODIES = TestSettings.with(
            TestSettings.PACKAGED.normalize(), "maximumBodyBytes", 16L << 20, "heldPassThroughBytes", 0L);

    private final Normalizer normalizer = new Normalizer(BODIES, Schema.connector());
    private final ServiceUrlFilter urls = new ServiceUrlFilter(upstream(), null);

    /**
     * A body as a client sends it.
     *
     * @param coded what becomes of its bytes; the length is that of what it expands to
     */
    private record Sent(String name, String path, HostileBody body, UnaryOperator<byte[]> coded, String coding) {
        Sent(String name, String path, HostileBody body) {
            this(name, path, body, bytes -> bytes, "");
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Sent> bodies() {
        HostileBody urls = json("{\"activities\":[", "{\"serviceUrl\":\"http://x/up\"},", "{}]}");
        HostileBody others = json("{\"activities\":[", "{\"serviceUrl\":\"http://y/up\"},", "{}]}");
        HostileBody segments = json("{\"serviceUrl\":\"http://x/up", "/.a%2e%2f", "\"}");
        HostileBody escapes = json("{\"serviceUrl\":\"http://x/up", "\\u0061", "\"}");
        HostileBody xml = new HostileBody(
                "",
                "xml",
                "<Transcript>",
                i -> "<activities><serviceUrl>http://x/up</serviceUrl></activities>",
                "</Transcript>");
        HostileBody form = new HostileBody("", "form", "", i -> "activities[" + i + "].serviceUrl=http://x/up&", "");
        Stream<Sent> histories = Stream.of(
                new Sent("json: service URLs", HISTORY, urls),
                new Sent("json: service URLs, compressed", HISTORY, urls, LinearWorkTest::gzip, "gzip"),
                new Sent("json: service URLs of somebody else", HISTORY, others),
                new Sent("xml: service URLs", HISTORY, xml),
                new Sent("form: service URLs", HISTORY, form),
                new Sent("json: a service URL of many segments", ACTIVITIES, segments),
                new Sent("json: a service URL of many escapes", ACTIVITIES, escapes),
                new Sent("json: many compressed members", ACTIVITIES, urls, LinearWorkTest::members, "gzip"));
        return Stream.concat(
                histories, HostileBody.all().stream().map(body -> new Sent(body.toString(), ACTIVITIES, body)));
    }

    private static HostileBody json(String head, String unit, String tail) {
        return new HostileBody("", "json", head, i -> unit, tail);
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void fourTimesTheBytes_takeFourTimesTheTime(Sent sent) {
        assertLinear(handling(sent, MIB), handling(sent, 4 * MIB));
    }

    private Runnable handling(Sent sent, int length) {
        byte[] bytes = sent.coded().apply(sent.body().bytes(length));
        return () -> {
            Identified request = request(sent, Buffer.buffer(bytes.clone()));
            Future<Reply> reply = normalizer.apply(request, call -> urls.apply(call, LinearWorkTest::answer));
            assertThat(reply.isComplete()).isTrue();
        };
    }

    static Stream<HostileBody> redacted() {
        return Stream.of(
                json("{\"activities\":[", "{\"text\":\"hello\"},", "{}]}"),
                json("{\"attachments\":[{\"content\":[", "\"a\",", "1]}]}"),
                json("{\"text\":", "[", "0"),
                json("{\"text\":", "1", "}"),
                json("{\"text\":\"", "\\u0061", "\"}"));
    }

    @ParameterizedTest
    @MethodSource("redacted")
    void redactingFourTimesTheBytes_takesFourTimesTheTime(HostileBody body) {
        RedactionKeys keys = new RedactionKeys(
                new RedactionKeySettings("v1", Map.of("v1", Base64.getEncoder().encodeToString(new byte[32])), null),
                Optional.empty());
        Redaction redaction = Redaction.of(
                Stream.of("/activities/*/text", "/text", "/attachments/*/content")
                        .map(JsonPointer::of)
                        .toList(),
                keys.current().orElseThrow());
        Buffer small = Buffer.buffer(body.bytes(MIB));
        Buffer large = Buffer.buffer(body.bytes(4 * MIB));

        assertLinear(() -> assertThat(redaction.redact(small)).isNotNull(), () -> assertThat(redaction.redact(large))
                .isNotNull());
    }

    /** Of three runs each the quickest counts; once a run with the large body is quick enough, no other is needed. */
    private static void assertLinear(Runnable small, Runnable large) {
        Duration least = Stream.generate(() -> time(small))
                .limit(3)
                .min(Duration::compareTo)
                .orElseThrow();
        Duration limit = least.multipliedBy(GENEROUS).plus(NOISE);

        assertThat(Stream.generate(() -> time(large)).limit(3).anyMatch(time -> time.compareTo(limit) < 0))
                .as("the large body within %s", limit)
                .isTrue();
    }

    /** Of the processor, for this thread alone. */
    private static Duration time(Runnable work) {
        long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        work.run();
        return Duration.ofNanos(ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - before);
    }

    private static Future<Reply> answer(Call call) {
        return Future.succeededFuture(
                new Reply(200, "OK", MultiMap.caseInsensitiveMultiMap(), new ReplyBody.Whole(Buffer.buffer())));
    }

    private static Identified request(Sent sent, Buffer body) {
        String type =
                switch (sent.body().format()) {
                    case "json" -> "application/json";
                    case "xml" -> "application/xml";
                    default -> "application/x-www-form-urlencoded";
                };
        MultiMap headers = MultiMap.caseInsensitiveMultiMap().add("Content-Type", type);
        if (!sent.coding().isEmpty()) {
            headers.add("Content-Encoding", sent.coding());
        }
        RequestHead head = new RequestHead(
                "r",
                Instant.EPOCH,
                "POST",
                "up",
                sent.path(),
                RouteTable.match("POST", sent.path()),
                headers,
                new Peer("127.0.0.1", "http", "x"));
        return new Identified(head, Caller.anonymous(), new ReceivedBody(body));
    }

    private static UpstreamSettings upstream() {
        return TestSettings.with(
                TestSettings.PACKAGED.upstream(),
                "defaultConnector",
                "up",
                "connectors",
                Map.of("up", new ConnectorSettings(URI.create("https://smba.example/teams"))));
    }

    private static byte[] gzip(byte[] plain) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(bytes)) {
            out.write(plain);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }

    /** As long as {@code plain}, of members that hold nothing each. */
    private static byte[] members(byte[] plain) {
        byte[] member = gzip(new byte[0]);
        byte[] all = new byte[plain.length / member.length * member.length];
        for (int i = 0; i < all.length; i++) {
            all[i] = member[i % member.length];
        }
        return all;
    }
}
