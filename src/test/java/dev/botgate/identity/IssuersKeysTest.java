package dev.botgate.identity;

import static dev.botgate.testing.Await.await;
import static dev.botgate.testing.Await.until;
import static dev.botgate.testing.Jwt.FIRST;
import static dev.botgate.testing.Jwt.SECOND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.botgate.exchange.Reply;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import dev.botgate.testing.Jwt;
import dev.botgate.testing.Script;
import dev.botgate.testing.Script.Step;
import dev.botgate.testing.ScriptedUpstream;
import dev.botgate.testing.TestVertx;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.SelfSignedCertificate;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where keys come from, when, and what holds while they do not. */
class IssuersKeysTest {
    private static final String ISSUER = "https://issuer.example/";
    private static final String FIRST_SET = Jwt.jwks(Jwt.jwk(FIRST, "k1"));
    private static final String BOTH = Jwt.jwks(Jwt.jwk(FIRST, "k1"), Jwt.jwk(SECOND, "k2"));
    private static final String SECOND_SET = Jwt.jwks(Jwt.jwk(SECOND, "k2"));
    private static final KeyPair SHORT = Jwt.rsa(1024);

    private final ScriptedUpstream source = ScriptedUpstream.start(Script.reply(200, FIRST_SET));
    private IdentityFixture gate;

    @BeforeEach
    void start() {
        gate = IdentityFixture.unstarted(issuer(source.url()));
    }

    @AfterEach
    void close() {
        gate.close();
        source.close();
    }

    @Test
    void aKeyThatCameSince_isFetchedWhenATokenNamesIt() {
        startGate();
        source.play(Script.reply(200, BOTH));

        assertThat(gate.ask(token(SECOND, "k2")).verified()).isTrue();
        assertThat(gate.ask(token(FIRST, "k1")).verified()).isTrue();
        assertThat(source.requests()).hasSize(1);
    }

    @Test
    void unknownKeys_triggerOneFetchAnInterval() {
        startGate();
        source.play(Script.reply(200, FIRST_SET));
        for (int i = 0; i < 50; i++) {
            assertUnknown("k" + (2 + i));
        }
        gate.pass(Duration.ofSeconds(29));
        assertUnknown("k2");
        assertThat(source.requests()).hasSize(1);

        gate.pass(Duration.ofSeconds(1));
        source.play(Script.reply(200, BOTH));
        assertThat(gate.ask(token(SECOND, "k2")).verified()).isTrue();
        assertThat(source.requests()).hasSize(1);
    }

    @Test
    void concurrentRequestsForAnUnknownKey_shareOneFetch() {
        startGate();
        CountDownLatch all = new CountDownLatch(1);
        source.play(halted(all, BOTH));
        List<Future<Reply>> waiting = Stream.generate(() -> gate.begin("Bearer " + token(SECOND, "k2")))
                .limit(100)
                .toList();
        assertThat(source.take().requestLine()).isEqualTo("GET / HTTP/1.1");
        assertThat(gate.ask(token(FIRST, "k1")).verified())
                .as("others do not wait")
                .isTrue();

        all.countDown();

        waiting.forEach(reply -> assertThat(await(reply).status()).isEqualTo(200));
        assertThat(source.requests()).hasSize(1);
    }

    @Test
    void aWithdrawnKey_verifiesNoToken_andRememberedOnesAreForgotten() {
        startGate();
        String token = token(FIRST, "k1");
        assertThat(gate.ask(token).verified()).isTrue();
        source.play(Script.reply(200, SECOND_SET));

        gate.pass(Duration.ofHours(1));

        assertThat(source.requests()).hasSize(1);
        assertThat(gate.refusal("Bearer " + token(FIRST, "k1")).failure()).isEqualTo(Failure.UNAUTHORIZED);
        assertThat(gate.ask(token(SECOND, "k2")).verified()).isTrue();
    }

    @Test
    void theSameKeysAgain_leaveWhatIsRemembered() {
        startGate();
        String token = token(FIRST, "k1", Duration.ofHours(5));
        assertThat(gate.ask(token).verified()).isTrue();

        gate.pass(Duration.ofHours(1));

        assertThat(gate.ask(token).verified()).isTrue();
        assertThat(gate.count("verified")).isEqualTo(1);
    }

    @Test
    void whileTheSourceIsAway_theLastKeysHold_andTheOperatorIsTold() {
        startGate();
        source.play(Script.reply(500, "{}"), Script.cutHead(), Script.reply(200, FIRST_SET));

        gate.pass(Duration.ofHours(1));

        assertThat(gate.ask(token(FIRST, "k1")).verified()).isTrue();
        assertUnknown("k9");
        assertThat(gate.issuers.problem()).isEmpty();
        assertThat(gate.issuers.note().orElseThrow()).startsWith("keys of test were fetched 3600 s ago: ");

        gate.pass(Duration.ofSeconds(2));
        assertThat(gate.issuers.note()).isEmpty();
    }

    @Test
    void whileTheSourceStaysAway_theLastKeysHoldForADay_andNoLonger() {
        startGate();
        String token = token(FIRST, "k1", Duration.ofDays(3));
        assertThat(gate.ask(token).verified()).isTrue();
        source.play(Script.reply(500, "{}"));
        gate.pass(Duration.ofHours(23));
        assertThat(gate.ask(token).verified()).isTrue();

        gate.pass(Duration.ofHours(1));

        assertThat(gate.refusal("Bearer " + token).failure()).isEqualTo(Failure.IDENTITY_UNAVAILABLE);
        assertThat(gate.issuers.problem()).contains("the keys of test are no longer valid: status 500 (expected: 200)");
        source.play(Script.reply(200, FIRST_SET));
        gate.pass(Duration.ofMinutes(1));
        assertThat(gate.ask(token).verified()).isTrue();
        assertThat(gate.issuers.problem()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"keys\":[]}", "{\"keys\":[{\"kty\":\"EC\",\"kid\":\"k1\"}]}"})
    void afterADocumentWithoutKeys_theLastKeysStayValidForTheGracePeriod(String none) {
        startGate();
        String token = token(FIRST, "k1", Duration.ofHours(9));
        assertThat(gate.ask(token).verified()).isTrue();
        source.play(Script.reply(200, none));
        gate.pass(Duration.ofHours(1));
        assertThat(gate.ask(token).verified()).isTrue();
        source.play(Script.reply(500, "{}"), Script.reply(200, none));
        gate.pass(Duration.ofMinutes(4));
        assertThat(gate.ask(token).verified()).isTrue();
        assertThat(gate.issuers.note().orElseThrow()).contains("keys of test were fetched 3840 s ago: ");

        gate.pass(Duration.ofMinutes(1));

        assertThat(gate.refusal("Bearer " + token).failure()).isEqualTo(Failure.IDENTITY_UNAVAILABLE);
        assertThat(gate.issuers.problem().orElseThrow()).startsWith("the keys of test are no longer valid: ");
        source.play(Script.reply(200, SECOND_SET));
        gate.pass(Duration.ofMinutes(1));
        assertThat(gate.refusal("Bearer " + token).failure()).isEqualTo(Failure.UNAUTHORIZED);
        assertThat(gate.ask(token(SECOND, "k2")).verified()).isTrue();
    }

    @Test
    void afterAnEmptyDocumentAndAnotherWithKeys_nothingIsLost() {
        startGate();
        String token = token(FIRST, "k1", Duration.ofHours(9));
        source.play(Script.reply(200, "{\"keys\":[]}"), Script.reply(200, FIRST_SET));
        gate.pass(Duration.ofHours(1));

        gate.pass(Duration.ofSeconds(1));
        gate.pass(Duration.ofMinutes(10));

        assertThat(gate.ask(token).verified()).isTrue();
        assertThat(gate.issuers.note()).isEmpty();
    }

    @Test
    void anOpenIdConfigurationByHttps_mayNotNameKeysByHttp() {
        SelfSignedCertificate certificate = SelfSignedCertificate.create("localhost");
        Vertx vertx = TestVertx.create();
        HttpServer configuration = await(vertx.createHttpServer(
                        new HttpServerOptions().setSsl(true).setKeyCertOptions(certificate.keyCertOptions()))
                .requestHandler(request -> request.response()
                        .end("{\"jwks_uri\":\"" + source.url() + "/keys\"}")
                        .onComplete(written -> {}))
                .listen(0, "127.0.0.1"));
        WebClient client = WebClient.create(vertx, new WebClientOptions().setTrustOptions(certificate.trustOptions()));
        try {
            Future<KeySet> fetched = new KeyFetcher(vertx.fileSystem(), client, Duration.ofSeconds(20))
                    .fetch(URI.create("https://localhost:" + configuration.actualPort()));

            assertThatThrownBy(() -> await(fetched))
                    .hasMessageContaining("is not https although the document came by https");
            assertThat(source.requests()).isEmpty();
        } finally {
            client.close();
            TestVertx.close(vertx);
            certificate.delete();
        }
    }

    @Test
    void whileThereNeverWereKeys_itIs503_untilThereAreSome() {
        source.play(Script.reply(404, "{}"));
        startGate();

        GatewayException refusal = gate.refusal("Bearer " + token(FIRST, "k1"));

        assertThat(refusal.failure()).isEqualTo(Failure.IDENTITY_UNAVAILABLE);
        assertThat(refusal.retryAfter()).contains(Duration.ofSeconds(1));
        assertThat(gate.count("unavailable")).isEqualTo(1);
        assertThat(gate.issuers.problem()).contains("no keys of test yet: status 404 (expected: 200)");
        assertThat(gate.refusal("Bearer nonsense").failure()).isEqualTo(Failure.UNAUTHORIZED);
        assertThat(source.requests()).as("requests do not press").hasSize(1);

        source.play(Script.reply(200, FIRST_SET));
        gate.pass(Duration.ofSeconds(1));

        assertThat(gate.ask(token(FIRST, "k1")).verified()).isTrue();
        assertThat(gate.issuers.problem()).isEmpty();
    }

    @Test
    void retriesBackOff_upToAMinute() {
        source.play(Script.reply(404, "{}"));
        startGate();
        for (int i = 0; i < 8; i++) {
            gate.pass(Duration.ofMinutes(1));
        }

        assertThat(gate.time.asked().stream().map(Duration::toSeconds))
                .containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 60L, 60L, 60L);
    }

    @Test
    void requestsThatComeBeforeTheFirstKeys_waitForThem() {
        CountDownLatch gateOpens = new CountDownLatch(1);
        source.play(halted(gateOpens, FIRST_SET));
        await(gate.issuers.start());

        Future<Reply> reply = gate.begin("Bearer " + token(FIRST, "k1"));
        assertThat(source.take().requestLine()).startsWith("GET");
        assertThat(reply.isComplete()).isFalse();
        gateOpens.countDown();

        assertThat(await(reply).status()).isEqualTo(200);
    }

    @Test
    void anOpenIdConfiguration_leadsToTheKeys() {
        try (ScriptedUpstream keys = ScriptedUpstream.start(Script.reply(200, FIRST_SET))) {
            JsonObject configuration =
                    new JsonObject().put("issuer", ISSUER).put("jwks_uri", keys.url() + "/discovery/keys?appid=x");
            source.play(Script.reply(200, configuration.encode()));
            startGate();

            assertThat(gate.ask(token(FIRST, "k1")).verified()).isTrue();
            assertThat(keys.take().requestLine()).isEqualTo("GET /discovery/keys?appid=x HTTP/1.1");
        }
    }

    static Stream<Script> useless() {
        return Stream.of(
                Script.reply(200, "{\"jwks_uri\":\"http://keys.example/\"}"),
                Script.reply(200, "{\"jwks_uri\":\"file:///etc/keys\"}"),
                Script.reply(200, "{\"jwks_uri\":\"http:// x\"}"),
                Script.reply(200, "{\"keys\":[]}"),
                Script.reply(200, "{\"keys\":[7,{},{\"kty\":\"oct\",\"kid\":\"k1\",\"k\":\"c2VjcmV0\"}]}"),
                Script.reply(200, Jwt.jwks(Jwt.jwk(SHORT, "k1"))),
                Script.reply(200, Jwt.jwks(Jwt.jwk(FIRST, "k1").put("key_ops", List.of("encrypt")))),
                Script.reply(200, "{}"),
                Script.reply(200, "[]"),
                Script.reply(200, "no JSON"),
                Script.reply(201, FIRST_SET),
                Script.head("HTTP/1.1 302 Found", "Location: /elsewhere", "Content-Length: 0"),
                Script.reply(200, FIRST_SET + " ".repeat(KeyFetcher.MAX_DOCUMENT_BYTES)),
                Script.cutBody(10_000, FIRST_SET),
                Script.garbage(),
                Script.cutHead());
    }

    @ParameterizedTest
    @MethodSource("useless")
    void aDocumentThatIsNoKeySet_givesNoKeys_andTheReason(Script script) {
        source.play(script);
        startGate();

        assertThat(gate.refusal("Bearer " + token(FIRST, "k1")).failure()).isEqualTo(Failure.IDENTITY_UNAVAILABLE);
        assertThat(gate.issuers.problem().orElseThrow()).matches("(?s)no keys of test yet: .{5,}");
        assertThat(source.requests()).hasSize(1);
        assertThat(gate.registry
                        .counter("botgate.identity.fetches", "issuers", "test", "result", "failed")
                        .count())
                .isEqualTo(1);
    }

    @Test
    void aFetchWithoutReply_timesOut() {
        source.play(Script.hang());
        try (IdentityFixture hasty = IdentityFixture.unstarted(issuer(source.url()), Duration.ofMillis(100))) {
            await(hasty.issuers.start());
            hasty.settle();

            assertThat(hasty.refusal("Bearer " + token(FIRST, "k1")).failure()).isEqualTo(Failure.IDENTITY_UNAVAILABLE);
        }
    }

    @Test
    void aUrlThatCannotBeAsked_isAFailedFetch() {
        try (IdentityFixture lost = IdentityFixture.started(issuer(URI.create("http://127.0.0.1:99999/")))) {
            assertThat(lost.refusal("Bearer " + token(FIRST, "k1")).failure()).isEqualTo(Failure.IDENTITY_UNAVAILABLE);
        }
    }

    @Test
    void oneKeyThatIsNotUnderstood_spoilsNoOther() {
        source.play(Script.reply(
                200,
                Jwt.jwks(
                        new JsonObject().put("kty", "EC").put("kid", "e").put("crv", "P-999"),
                        Jwt.jwk(SHORT, "short"),
                        Jwt.jwk(SECOND, "enc").put("use", "enc"),
                        Jwt.jwk(SECOND, "only-512").put("alg", "RS512"),
                        Jwt.jwk(FIRST, "k1"))));
        startGate();

        assertThat(gate.ask(token(FIRST, "k1")).verified()).isTrue();
        assertUnknown("short", SHORT);
        assertUnknown("enc", SECOND);
        assertUnknown("only-512", SECOND);
    }

    @Test
    void keysMayLieInAFile_whichIsReadAgain(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("keys.json"), FIRST_SET);
        try (IdentityFixture filed = IdentityFixture.started(Map.of("test", new IssuerSettings(ISSUER, null, file)))) {
            assertThat(filed.ask(token(FIRST, "k1")).verified()).isTrue();

            Files.writeString(file, SECOND_SET);
            filed.pass(Duration.ofHours(1));

            assertThat(filed.ask(token(SECOND, "k2")).verified()).isTrue();
        }
    }

    @Test
    void aFileWithoutKeys_keepsTheGatewayFromStarting(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("keys.json");

        assertThatThrownBy(() -> IdentityFixture.started(Map.of("test", new IssuerSettings(ISSUER, null, file))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("identity.issuers.test.jwks-file: no keys of test yet: " + file + ": not readable");

        Files.writeString(file, "{\"keys\":[]}");
        assertThatThrownBy(() -> IdentityFixture.started(Map.of("test", new IssuerSettings(ISSUER, null, file))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no RSA signature key");
    }

    @Test
    void afterClosing_nothingIsFetched() {
        startGate();
        source.play(Script.reply(200, FIRST_SET));

        await(gate.issuers.close());
        gate.time.pass(Duration.ofHours(2));

        assertThat(source.requests()).isEmpty();
    }

    private void startGate() {
        await(gate.issuers.start());
        gate.settle();
    }

    private void assertUnknown(String kid) {
        assertUnknown(kid, SECOND);
    }

    private void assertUnknown(String kid, KeyPair key) {
        double before = gate.count("unknown-key");
        assertThat(gate.refusal("Bearer " + token(key, kid)).failure()).isEqualTo(Failure.UNAUTHORIZED);
        assertThat(gate.count("unknown-key")).isEqualTo(before + 1);
        until(() -> gate.time.waiting() == 1);
    }

    private String token(KeyPair key, String kid) {
        return token(key, kid, Duration.ofHours(1));
    }

    private String token(KeyPair key, String kid, Duration life) {
        JsonObject claims = Jwt.claims(ISSUER, "bot", "tenant", gate.now());
        return Jwt.signed(key, kid, claims.put("exp", gate.now().plus(life).getEpochSecond()));
    }

    private static Script halted(CountDownLatch opens, String json) {
        List<Step> steps = Script.reply(200, json).steps();
        return Script.of(steps.get(0), steps.get(1), new Step.Await(opens))
                .then(steps.subList(2, steps.size()).toArray(Step[]::new));
    }

    private static Map<String, IssuerSettings> issuer(URI url) {
        return Map.of("test", new IssuerSettings(ISSUER, url, null));
    }
}
