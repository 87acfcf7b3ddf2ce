package dev.botgate.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.testing.Await;
import dev.botgate.testing.GuardExtension;
import dev.botgate.testing.Patience;
import dev.botgate.testing.Raw;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdminServerTest {
    private final Vertx vertx = Vertx.vertx();
    private final WebClient client = WebClient.create(vertx);
    private final AtomicReference<Optional<String>> loops = new AtomicReference<>(Optional.empty());
    private final AtomicReference<Optional<String>> trail = new AtomicReference<>(Optional.empty());
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final AtomicInteger hanging = new AtomicInteger();
    private final AtomicInteger left = new AtomicInteger();
    private int port;

    @BeforeEach
    void start() throws Exception {
        AdminSettings settings = new AdminSettings("127.0.0.1", 0, AuthenticationSettings.NONE);
        AdminServer server = new AdminServer(
                vertx,
                settings,
                new Authentication(
                        vertx, settings, new MemoryAccessLog(), InstantSource.system(), System::nanoTime, registry),
                List.of(
                        new HealthRoutes(Map.of("event loops", loops::get), Map.of("audit", trail::get), Map.of()),
                        AdminRoutes.metrics(registry),
                        router -> router.get("/broken").handler(context -> {
                            throw new IllegalStateException("a secret");
                        }),
                        router -> router.get("/hang").handler(context -> {
                            hanging.incrementAndGet();
                            context.response().closeHandler(closed -> left.incrementAndGet());
                        })),
                registry);
        port = server.start()
                .toCompletionStage()
                .toCompletableFuture()
                .get(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    @AfterEach
    void stop() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    @Test
    void withoutTokens_onlyLoopbackHostsAreAnswered() throws Exception {
        for (String host : List.of("localhost", "localhost:1", "127.0.0.1:3981", "127.1.2.3", "[::1]:80", "[::1]")) {
            assertThat(asked(host)).as(host).isEqualTo(200);
        }
        for (String host : List.of("evil.example", "evil.example:3981", "127.0.0.1.evil.example", "10.0.0.1")) {
            assertThat(asked(host)).as(host).isEqualTo(421);
        }
    }

    @Test
    void withoutTokens_otherOriginsAreRefused() throws Exception {
        for (String origin : List.of("http://localhost:3981", "http://127.0.0.1", "https://[::1]:8443")) {
            assertThat(asked("localhost", origin)).as(origin).isEqualTo(200);
        }
        for (String origin : List.of("http://evil.example", "null", "", "http://127.0.0.1.evil.example:3981")) {
            assertThat(asked("localhost", origin)).as(origin).isEqualTo(403);
        }
    }

    @Test
    void withoutTokens_crossSiteRequestsAreRefused() throws Exception {
        for (String site : List.of("same-origin", "none")) {
            assertThat(fetched(site)).as(site).isEqualTo(200);
        }
        for (String site : List.of("cross-site", "same-site")) {
            assertThat(fetched(site)).as(site).isEqualTo(403);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /%zz HTTP/1.1\r\nHost: localhost",
                "GET /% HTTP/1.1\r\nHost: localhost",
                "GET /audit?bot=%zz HTTP/1.1\r\nHost: localhost",
                "GET /audit?bot=%4 HTTP/1.1\r\nHost: localhost",
                "GET /health/live HTTP/1.1\r\nHost: localhost@evil",
                "GET /health/live HTTP/1.1\r\nHost: 127.0.0.1:80:80",
                "GET /health/live HTTP/1.1\r\nHost: localhost\r\nHost: localhost",
                "GET /health/live HTTP/1.1\r\nHost: localhost\r\nHost: evil",
                "GET /health/live HTTP/1.1\r\nHost: localhost:",
                "GET /health/live HTTP/1.1\r\nX-A: b",
                "GET /health/live HTTP/1.1\r\nHost: localhost\r\nX A: b",
                "GET health/live HTTP/1.1\r\nHost: localhost",
                "GET /health/live HTTX/1.1\r\nHost: localhost"
            })
    void aMalformedHead_is400(String head) {
        try (Raw client = Raw.connect(port)) {
            Raw.Reply reply = client.send(head + "\r\n\r\n").reply();

            assertThat(reply.status()).isEqualTo(400);
            assertThat(reply.text()).contains("\"code\":\"MalformedRequest\"");
            assertThat(client.untilClosed()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/%ff", "/%c0%af", "/%00", "/health/live%2f", "/?bot=%ff", "/?bot=%00&&=&=x"})
    void anInvalidTarget_is400(String target) {
        try (Raw client = Raw.connect(port)) {
            assertThat(client.send("GET " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
                            .reply()
                            .status())
                    .isBetween(400, 404);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "GET /health/live HTTP/2.0\r\nHost: localhost\r\n\r\n"})
    void otherHttpVersions_areRefused(String request) {
        try (Raw client = Raw.connect(port)) {
            assertThat(client.send(request).reply().status()).isEqualTo(505);
        }
    }

    @Test
    void anUpgradeToHttp2_isNotMade() {
        try (Raw client = Raw.connect(port)) {
            client.send("GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings\r\n"
                    + "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n\r\n");

            assertThat(client.next().status()).isEqualTo(200);
        }
    }

    @Test
    void aClientThatDisconnectsWithAPipelinedRequest_leavesNothingBehind() throws Exception {
        String get = Raw.request("GET /hang HTTP/1.1", List.of("Host: localhost"), "");
        String post = Raw.request("POST /never HTTP/1.1", List.of("Host: localhost"), "x".repeat(20_000));
        for (int i = 1; i <= 30; i++) {
            int count = i;
            try (Raw client = Raw.connect(port)) {
                client.send(get + post);
                Await.until(() -> hanging.get() == count);
            }
            Await.until(() -> left.get() == count);
        }

        GuardExtension.bringLeaksToLight();
    }

    @Test
    void withoutTokens_aProbeWithoutHostIsAnswered() throws Exception {
        try (Socket probe = new Socket(InetAddress.getLoopbackAddress(), port)) {
            probe.getOutputStream().write("GET /health/live HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));

            assertThat(new BufferedReader(new InputStreamReader(probe.getInputStream(), StandardCharsets.US_ASCII))
                            .readLine())
                    .isEqualTo("HTTP/1.0 200 OK");
        }
    }

    private int fetched(String site) throws Exception {
        return client.get(port, "127.0.0.1", "/health/live")
                .putHeader("Sec-Fetch-Site", site)
                .send()
                .toCompletionStage()
                .toCompletableFuture()
                .get(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS)
                .statusCode();
    }

    private int asked(String host) throws Exception {
        return asked(host, "http://localhost");
    }

    private int asked(String host, String origin) throws Exception {
        return client.get(port, "127.0.0.1", "/health/live")
                .putHeader("Host", host)
                .putHeader("Origin", origin)
                .send()
                .toCompletionStage()
                .toCompletableFuture()
                .get(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS)
                .statusCode();
    }

    @Test
    void readinessNamesTheFailedCheck() throws Exception {
        assertThat(get("/health/ready").statusCode()).isEqualTo(200);

        trail.set(Optional.of("no connection"));
        HttpResponse<Buffer> down = get("/health/ready");

        assertThat(down.statusCode()).isEqualTo(503);
        assertThat(down.bodyAsJsonObject()
                        .getJsonObject("checks")
                        .getJsonObject("audit")
                        .getString("problem"))
                .isEqualTo("no connection");
        assertThat(get("/health/live").statusCode()).isEqualTo(200);
    }

    @Test
    void aProblemThatOnlyARestartFixes_isNotLive() throws Exception {
        loops.set(Optional.of("event loop 1 has been blocked for 30 s"));

        HttpResponse<Buffer> dead = get("/health/live");

        assertThat(dead.statusCode()).isEqualTo(503);
        assertThat(dead.bodyAsString()).contains("event loop 1 has been blocked for 30 s");
        assertThat(get("/health/ready").statusCode()).isEqualTo(200);
    }

    @Test
    void metricsAreInPrometheusFormat() throws Exception {
        registry.counter("botgate.things").increment();

        HttpResponse<Buffer> metrics = get("/metrics");

        assertThat(metrics.getHeader("Content-Type")).startsWith("text/plain");
        assertThat(metrics.bodyAsString()).contains("botgate_things_total 1.0");
    }

    @Test
    void anUnknownResource_is404InJson() throws Exception {
        HttpResponse<Buffer> missing = get("/nothing");

        assertThat(missing.statusCode()).isEqualTo(404);
        assertThat(missing.bodyAsJsonObject().getJsonObject("error").getString("code"))
                .isEqualTo("NotFound");
    }

    @Test
    void anInternalError_doesNotLeakItsMessage() throws Exception {
        HttpResponse<Buffer> broken = get("/broken");

        assertThat(broken.statusCode()).isEqualTo(500);
        assertThat(broken.bodyAsString()).doesNotContain("secret").contains("InternalError");
    }

    private HttpResponse<Buffer> get(String path) throws Exception {
        return client.get(port, "127.0.0.1", path)
                .send()
                .toCompletionStage()
                .toCompletableFuture()
                .get(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS);
    }
}
