package dev.botgate.admin;

import static dev.botgate.testing.Await.await;
import static dev.botgate.testing.Await.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.botgate.admin.AuthenticationSettings.Required;
import dev.botgate.admin.AuthenticationSettings.Role;
import dev.botgate.admin.AuthenticationSettings.TokenSettings;
import dev.botgate.audit.access.AccessRecord.Action;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.client.HttpRequest;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AuthenticationTest {
    private static final Map<String, TokenSettings> TOKENS = Map.of(
            "carol", token(Role.AUDITOR, "of-carol"),
            "prometheus", token(Role.OPERATOR, "of-prometheus"));

    private final Vertx vertx = Vertx.vertx();
    private final WebClient client = WebClient.create(vertx);
    private final MemoryAccessLog accessLog = new MemoryAccessLog();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    @AfterEach
    void stop() {
        await(vertx.close());
    }

    @Test
    void eachRole_opensItsOwnResources() {
        int port = start(Required.ALWAYS, TOKENS);

        assertThat(get(port, "/audit/who", "of-carol").bodyAsString()).isEqualTo("carol");
        assertThat(get(port, "/things", "of-prometheus").bodyAsString()).isEqualTo("prometheus");
        for (HttpResponse<Buffer> wrongRole :
                List.of(get(port, "/audit/who", "of-prometheus"), get(port, "/things", "of-carol"))) {
            assertThat(wrongRole.statusCode()).isEqualTo(403);
            assertThat(wrongRole.getHeader("WWW-Authenticate")).contains("insufficient_scope");
        }
    }

    @Test
    void anUnusualSpellingOfThePath_needsTheSameRole() {
        int port = start(Required.ALWAYS, TOKENS);

        for (String path : List.of(
                "//audit/who", "/x/../audit/who", "/%61udit/who", "/audit/./who", "/health/live/../../audit/who")) {
            assertThat(get(port, path, "of-prometheus").statusCode()).as(path).isNotEqualTo(200);
            assertThat(get(port, path, null).statusCode()).as(path).isNotEqualTo(200);
        }
    }

    @Test
    void withoutAToken_onlyHealthIsAnswered() {
        int port = start(Required.ALWAYS, TOKENS);

        HttpResponse<Buffer> missing = get(port, "/audit/who", null);

        assertThat(missing.statusCode()).isEqualTo(401);
        assertThat(missing.getHeader("WWW-Authenticate")).isEqualTo("Bearer realm=\"botgate\"");
        assertThat(get(port, "/things", null).statusCode()).isEqualTo(401);
        assertThat(get(port, "/health/live", null).statusCode()).isEqualTo(200);
        assertThat(get(port, "/health/ready", "wrong").statusCode()).isEqualTo(200);
        assertThat(accessLog.records()).isEmpty();
    }

    @Test
    void aWrongToken_isRefusedAndRecorded_andNeverShown() {
        int port = start(Required.ALWAYS, TOKENS);

        HttpResponse<Buffer> wrong = get(port, "/audit/who", "of-carol ");
        HttpResponse<Buffer> guess = get(port, "/audit/who", "guess");

        assertThat(wrong.statusCode()).isEqualTo(200);
        assertThat(guess.statusCode()).isEqualTo(401);
        assertThat(guess.getHeader("WWW-Authenticate")).contains("invalid_token");
        assertThat(guess.bodyAsString()).doesNotContain("guess");
        assertThat(accessLog.records()).singleElement().satisfies(access -> {
            assertThat(access.action()).isEqualTo(Action.REFUSED);
            assertThat(access.reader().name()).isNull();
            assertThat(access.reader().origin()).isEqualTo("127.0.0.1");
            assertThat(access.toString()).doesNotContain("guess");
        });
        assertThat(registry.get("botgate.admin.authentication")
                        .tag("result", "refused")
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void aTokenWhoseDigestBeginsLikeAnother_isRefused() {
        byte[] right = Authentication.sha256("of-carol");
        String alike = Stream.iterate(0, number -> number + 1)
                .map(number -> "guess-" + number)
                .filter(token -> Arrays.equals(Authentication.sha256(token), 0, 2, right, 0, 2))
                .findFirst()
                .orElseThrow();
        int port = start(Required.ALWAYS, TOKENS);

        HttpResponse<Buffer> guess = get(port, "/audit/who", alike);

        assertThat(guess.statusCode()).isEqualTo(401);
        assertThat(get(port, "/audit/who", "of-carol").statusCode()).isEqualTo(200);
    }

    @Test
    void manyWrongTokens_areDelayed_thenGet429() {
        int port = start(Required.ALWAYS, TOKENS);
        HttpRequest<Buffer> wrong = client.get(port, "127.0.0.1", "/audit/who").bearerTokenAuthentication("guess");
        for (int i = 0; i < 3; i++) {
            assertThat(await(wrong.send()).statusCode()).isEqualTo(401);
        }

        List<Future<HttpResponse<Buffer>>> held = sixtyWrong(port, "/audit/who");

        until(() -> turnedAway(held).findFirst().isPresent());
        HttpResponse<Buffer> first = turnedAway(held).findFirst().orElseThrow();
        assertThat(first.getHeader("Retry-After")).isEqualTo("10");
    }

    @Test
    void wrongTokensOfOthers_doNotDelayARightToken() {
        int port = start(Required.ALWAYS, TOKENS);
        HttpRequest<Buffer> wrong = client.get(port, "127.0.0.1", "/things").bearerTokenAuthentication("guess");
        for (int i = 0; i < 3; i++) {
            assertThat(await(wrong.send()).statusCode()).isEqualTo(401);
        }
        List<Future<HttpResponse<Buffer>>> held = sixtyWrong(port, "/things");
        until(() -> turnedAway(held).findFirst().isPresent());

        assertThat(get(port, "/things", "of-prometheus").statusCode()).isEqualTo(200);
    }

    /**
     * Sends them concurrently, and waits until all are answered, because connecting while Vert.x closes is logged as an
     * error.
     */
    private List<Future<HttpResponse<Buffer>>> sixtyWrong(int port, String path) {
        double before = judgedWrong();
        List<Future<HttpResponse<Buffer>>> held = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            held.add(WebClient.create(vertx)
                    .get(port, "127.0.0.1", path)
                    .bearerTokenAuthentication("guess")
                    .send());
        }
        until(() -> judgedWrong() - before == 60);
        return held;
    }

    private double judgedWrong() {
        return registry.find("botgate.admin.authentication").counters().stream()
                .filter(counter ->
                        Set.of("slowed", "refused").contains(counter.getId().getTag("result")))
                .mapToDouble(Counter::count)
                .sum();
    }

    private static Stream<HttpResponse<Buffer>> turnedAway(List<Future<HttpResponse<Buffer>>> held) {
        return held.stream().filter(Future::succeeded).map(Future::result).filter(reply -> reply.statusCode() == 429);
    }

    @Test
    void onLoopback_noTokenIsNeeded_butAPresentedOneMustBeRight() {
        int port = start(Required.AUTO, TOKENS);

        assertThat(get(port, "/audit/who", null).bodyAsString()).isEqualTo("null");
        assertThat(get(port, "/audit/who", "of-carol").bodyAsString()).isEqualTo("carol");
        assertThat(get(port, "/audit/who", "guess").statusCode()).isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"0.0.0.0", "::", "10.1.2.3", "gate.example", "127.0.0.1.example", "localhost.example", "[::]"})
    void beyondLoopback_atLeastOneTokenIsRequired(String host) {
        AuthenticationSettings none = AuthenticationSettings.NONE;

        assertThatThrownBy(() -> new AdminSettings(host, 3981, none))
                .hasMessageContaining("admin.authentication.tokens")
                .hasMessageContaining(host)
                .hasMessageContaining("botgate token");
        assertThat(new AdminSettings(host, 3981, new AuthenticationSettings(Required.AUTO, TOKENS))
                        .authenticationRequired())
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.1.2.3", "localhost", "LOCALHOST", "::1", "[::1]", "0:0:0:0:0:0:0:1"})
    void onLoopback_noTokenIsRequired_unlessAlways(String host) {
        assertThat(new AdminSettings(host, 3981, AuthenticationSettings.NONE).authenticationRequired())
                .isFalse();
        assertThatThrownBy(() -> new AdminSettings(host, 3981, new AuthenticationSettings(Required.ALWAYS, Map.of())))
                .hasMessageContaining("admin.authentication.required is always");
    }

    @Test
    void anInvalidDigest_isRefused() {
        assertThatThrownBy(() -> new TokenSettings(Role.AUDITOR, "of-carol"))
                .hasMessageContaining("64 hex digits")
                .hasMessageNotContaining("of-carol");
    }

    private int start(Required required, Map<String, TokenSettings> tokens) {
        AdminSettings settings = new AdminSettings("127.0.0.1", 0, new AuthenticationSettings(required, tokens));
        AdminServer server = new AdminServer(
                vertx,
                settings,
                new Authentication(vertx, settings, accessLog, InstantSource.system(), () -> 0, registry),
                List.of(new HealthRoutes(Map.of("all", Optional::empty)), router -> {
                    router.get("/audit/who").handler(context -> context.response()
                            .end(String.valueOf(Authentication.identity(context).name()))
                            .onFailure(context::fail));
                    router.get("/things").handler(context -> context.response()
                            .end(String.valueOf(Authentication.identity(context).name()))
                            .onFailure(context::fail));
                }),
                registry);
        return await(server.start());
    }

    private HttpResponse<Buffer> get(int port, String path, @Nullable String token) {
        HttpRequest<Buffer> request = client.get(port, "127.0.0.1", path);
        return await((token == null ? request : request.putHeader("Authorization", "bearer " + token)).send());
    }

    private static TokenSettings token(Role role, String token) {
        return new TokenSettings(role, HexFormat.of().formatHex(Authentication.sha256(token)));
    }
}
