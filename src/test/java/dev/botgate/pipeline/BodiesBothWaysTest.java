package dev.botgate.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.cache.CacheFilter;
import dev.botgate.cache.InvalidationBus;
import dev.botgate.cache.InvalidationFilter;
import dev.botgate.cache.MemberCache;
import dev.botgate.exchange.Arrival;
import dev.botgate.exchange.Call;
import dev.botgate.exchange.Destination;
import dev.botgate.exchange.Filter;
import dev.botgate.exchange.MemoryBudget;
import dev.botgate.exchange.Service;
import dev.botgate.identity.ClaimedIdentity;
import dev.botgate.normalize.ContentNegotiator;
import dev.botgate.normalize.NormalizeSettings;
import dev.botgate.normalize.Normalizer;
import dev.botgate.schema.Schema;
import dev.botgate.server.FailureReplies;
import dev.botgate.server.GatewayServer;
import dev.botgate.server.MethodFilter;
import dev.botgate.server.ServerPlan;
import dev.botgate.testing.Await;
import dev.botgate.testing.Script;
import dev.botgate.testing.ScriptedUpstream;
import dev.botgate.testing.TestSettings;
import dev.botgate.testing.TestVertx;
import dev.botgate.upstream.Connectors;
import dev.botgate.upstream.Forwarder;
import dev.botgate.upstream.UnknownRoutes;
import dev.botgate.upstream.UpstreamSettings;
import dev.botgate.upstream.UpstreamSettings.ConnectorSettings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Bodies through a listener, the filters that deal with them, and a connector. */
@ExtendWith(TestVertx.class)
class BodiesBothWaysTest {
    private static final String MEMBERS = "/v3/conversations/c/members";
    private static final String XML_LIST =
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><ArrayOfChannelAccount><ChannelAccount><id>a</id></ChannelAccount></ArrayOfChannelAccount>";

    private final HttpClient client = HttpClient.newHttpClient();

    @Test
    void oneCachedList_answersInJsonAndInXml(Vertx vertx) throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(Script.reply(200, "[{\"id\":\"a\"}]"))) {
            URI gate = gate(vertx, upstream.url());

            HttpResponse<String> xml = get(gate, MEMBERS, "text/xml");
            HttpResponse<String> json = get(gate, MEMBERS, "application/json");
            HttpResponse<String> again = get(gate, MEMBERS, "application/xml");

            assertThat(xml.body()).isEqualTo(XML_LIST);
            assertThat(json.body()).isEqualTo("[{\"id\":\"a\"}]");
            assertThat(again.body()).isEqualTo(XML_LIST);
            assertThat(xml.headers().firstValue("Content-Type")).hasValue("text/xml; charset=utf-8");
            assertThat(xml.headers().firstValue("Content-Length")).hasValue(Integer.toString(XML_LIST.length()));
            assertThat(json.headers().firstValue("Vary")).hasValue("Accept");
            assertThat(again.headers().firstValue("Cache-Status").orElse("")).contains("hit");
            assertThat(upstream.requests()).hasSize(1);
            assertThat(upstream.requests().get(0).all("Accept")).containsExactly("application/json");
        }
    }

    @Test
    void theGatewaysOwnErrors_areXmlToo(Vertx vertx) throws Exception {
        URI gate = gate(vertx, ScriptedUpstream.nobody());

        HttpResponse<String> unreachable = get(gate, MEMBERS, "text/xml");
        HttpResponse<String> malformed = post(
                gate,
                "/v3/conversations",
                "<ConversationParameters xmlns='http://schemas.datacontract.org/2004/07/Microsoft.Bot.Connector'><x"
                        .getBytes(StandardCharsets.UTF_8),
                "Content-Type",
                "text/xml",
                "Accept",
                "text/xml");

        assertThat(unreachable.statusCode()).isEqualTo(502);
        assertThat(unreachable.body()).contains("<ErrorResponse><error><code>UpstreamUnreachable</code><message>");
        assertThat(malformed.statusCode()).isEqualTo(400);
        assertThat(malformed.body()).contains("<Error><Code>MalformedBody</Code><Message>line 1, column ");
        assertThat(malformed.headers().firstValue("Content-Type")).hasValue("text/xml; charset=utf-8");
    }

    @Test
    void aConversationRequestedAsDataContract_isAnsweredAsDataContract(Vertx vertx) throws Exception {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(Script.reply(201, "{\"id\":\"1\"}"))) {
            HttpResponse<String> reply = post(
                    gate(vertx, upstream.url()),
                    "/v3/conversations",
                    ("<ConversationParameters xmlns='http://schemas.datacontract.org/2004/07/Microsoft.Bot.Connector'>"
                                    + "<TopicName>t</TopicName></ConversationParameters>")
                            .getBytes(StandardCharsets.UTF_8),
                    "Content-Type",
                    "application/xml",
                    "Accept",
                    "application/xml");

            assertThat(reply.statusCode()).isEqualTo(201);
            assertThat(reply.body())
                    .contains("<ConversationResourceResponse xmlns=")
                    .contains("<Id>1</Id>");
            assertThat(upstream.take().body()).isEqualTo("{\"topicName\":\"t\"}");
        }
    }

    @Test
    void aCompressedBody_reachesTheConnectorExpanded(Vertx vertx) throws Exception {
        String json = "{\"text\":\"" + "hello ".repeat(1_000) + "\"}";
        try (ScriptedUpstream upstream = ScriptedUpstream.start(Script.reply(200, "{\"id\":\"1\"}"))) {
            HttpResponse<String> reply = post(
                    gate(vertx, upstream.url()),
                    "/v3/conversations/c/activities",
                    gzip(json),
                    "Content-Type",
                    "application/json",
                    "Content-Encoding",
                    "gzip",
                    "Accept",
                    "text/xml");

            ScriptedUpstream.Request sent = upstream.take();
            assertThat(reply.statusCode()).isEqualTo(200);
            assertThat(reply.body()).isEqualTo("{\"id\":\"1\"}");
            assertThat(sent.body()).isEqualTo(json);
            assertThat(sent.all("Content-Encoding")).isEmpty();
            assertThat(sent.all("Content-Length")).containsExactly(Integer.toString(json.length()));
        }
    }

    @Test
    void anUnknownCoding_isRefusedWithTheKnownOnes_andABombWithItsLimit(Vertx vertx) throws Exception {
        URI gate = gate(vertx, ScriptedUpstream.nobody());
        String path = "/v3/conversations/c/activities";

        HttpResponse<String> unknown =
                post(gate, path, new byte[] {1}, "Content-Type", "application/json", "Content-Encoding", "br");
        HttpResponse<String> bomb = post(
                gate, path, gzip("0".repeat(200_000)), "Content-Type", "application/json", "Content-Encoding", "gzip");

        assertThat(unknown.statusCode()).isEqualTo(415);
        assertThat(unknown.headers().firstValue("Accept-Encoding")).hasValue("gzip, deflate, identity");
        assertThat(bomb.statusCode()).isEqualTo(413);
        assertThat(bomb.body()).contains("\"code\":\"BodyTooLarge\"");
    }

    private HttpResponse<String> get(URI gate, String path, String accept) throws Exception {
        return client.send(
                HttpRequest.newBuilder(gate.resolve(path))
                        .header("Accept", accept)
                        .header("Authorization", "Bearer x")
                        .build(),
                BodyHandlers.ofString());
    }

    private HttpResponse<String> post(URI gate, String path, byte[] body, String... headers) throws Exception {
        return client.send(
                HttpRequest.newBuilder(gate.resolve(path))
                        .headers(headers)
                        .POST(BodyPublishers.ofByteArray(body))
                        .build(),
                BodyHandlers.ofString());
    }

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(bytes)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    private static URI gate(Vertx vertx, URI upstream) {
        UpstreamSettings settings = TestSettings.with(
                TestSettings.PACKAGED.upstream(),
                "defaultConnector",
                "up",
                "connectors",
                Map.of("up", new ConnectorSettings(upstream)),
                "retry",
                TestSettings.with(TestSettings.PACKAGED.upstream().retry(), "maximumAttempts", 1));
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        MemoryBudget held = new MemoryBudget(1 << 20, registry);
        Connectors connectors = new Connectors(settings, URI.create("http://gate"));
        NormalizeSettings bodies = TestSettings.with(
                TestSettings.PACKAGED.normalize(), "maximumBodyBytes", 100_000L, "heldPassThroughBytes", 0L);
        Schema schema = Schema.connector();
        MemberCache cache = new MemberCache(
                TestSettings.PACKAGED.cache(),
                InvalidationBus.alone(),
                System::nanoTime,
                InstantSource.system(),
                registry);
        Filter<Call, Call> through = (call, next) -> next.serve(call);
        Service<Arrival> pipeline = Pipeline.of(
                new ContentNegotiator(bodies, schema),
                new FailureReplies(),
                new MethodFilter(),
                new UnknownRoutes(settings.unknownRoutes()),
                new ClaimedIdentity(System::nanoTime),
                new CacheFilter(cache, CacheFilter.Timers.of(vertx), InstantSource.system()),
                (request, next) -> next.serve(request),
                new Normalizer(bodies, schema),
                through,
                through,
                new InvalidationFilter(cache),
                through,
                through,
                new Forwarder(vertx, settings, connectors, null, held, registry));
        GatewayServer server = new GatewayServer(
                vertx,
                ServerPlan.settings(),
                uri -> new Destination("up", uri),
                pipeline,
                held,
                ServerPlan.noLimits(),
                InstantSource.system(),
                registry);
        return URI.create("http://127.0.0.1:" + Await.await(server.start()));
    }
}
