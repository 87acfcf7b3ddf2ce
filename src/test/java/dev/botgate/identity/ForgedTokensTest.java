package dev.botgate.identity;

import static dev.botgate.testing.Jwt.FIRST;
import static dev.botgate.testing.Jwt.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import dev.botgate.identity.IdentityFixture.ManualScheduler;
import dev.botgate.testing.Jwt;
import dev.botgate.testing.Script;
import dev.botgate.testing.ScriptedUpstream;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/** What forgers try: none of it is believed, and nothing of it is logged or told. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ForgedTokensTest {
    private static final String ISSUER = "https://issuer.example/";
    private static final String OTHER = "https://other.example/";
    private static final String HEADER = "{\"alg\":\"RS256\",\"kid\":\"k1\"}";
    private static final String CLAIMS =
            Jwt.claims(ISSUER, "bot", "tenant", ManualScheduler.START).encode();
    private static final UnaryOperator<byte[]> GOOD = Jwt.rsaSignature("SHA256withRSA", FIRST.getPrivate());
    private static final UnaryOperator<byte[]> FOREIGN = Jwt.rsaSignature("SHA256withRSA", SECOND.getPrivate());
    private static final String TRUE_TOKEN = Jwt.text(HEADER, CLAIMS, GOOD);

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private ScriptedUpstream source;
    private ScriptedUpstream otherSource;
    private IdentityFixture gate;

    @BeforeAll
    void start() {
        source = ScriptedUpstream.start(Script.reply(200, Jwt.jwks(Jwt.jwk(FIRST, "k1"))));
        otherSource = ScriptedUpstream.start(Script.reply(200, Jwt.jwks(Jwt.jwk(SECOND, "k2"))));
        gate = IdentityFixture.started(Map.of(
                "issuer", new IssuerSettings(ISSUER, source.url(), null),
                "other", new IssuerSettings(OTHER, otherSource.url(), null)));
        assertThat(gate.ask(TRUE_TOKEN).verified()).isTrue();
        log.start();
        logger().setLevel(Level.TRACE);
        logger().addAppender(log);
    }

    @AfterAll
    void close() {
        logger().detachAppender(log);
        logger().setLevel(null);
        gate.close();
        source.close();
        otherSource.close();
    }

    static Stream<Arguments> forgeries() {
        return Stream.of(
                forged("alg none, unsigned", TokenRejection.MALFORMED, unsigned("none")),
                forged("alg none", TokenRejection.ALGORITHM, Jwt.text(header("none"), CLAIMS, GOOD)),
                forged("alg nOnE", TokenRejection.ALGORITHM, Jwt.text(header("nOnE"), CLAIMS, GOOD)),
                forged("alg rs256", TokenRejection.ALGORITHM, Jwt.text(header("rs256"), CLAIMS, GOOD)),
                forged(
                        "HS256 by the public key",
                        TokenRejection.ALGORITHM,
                        Jwt.text(header("HS256"), CLAIMS, hmac(FIRST.getPublic().getEncoded()))),
                forged("HS256 by its PEM", TokenRejection.ALGORITHM, Jwt.text(header("HS256"), CLAIMS, hmac(pem()))),
                forged(
                        "RS256 in name, HMAC by the public key",
                        TokenRejection.SIGNATURE,
                        Jwt.text(HEADER, CLAIMS, hmac(FIRST.getPublic().getEncoded()))),
                forged(
                        "PS256 by the right key",
                        TokenRejection.ALGORITHM,
                        Jwt.text(header("PS256"), CLAIMS, ForgedTokensTest::pss)),
                forged("ES256", TokenRejection.ALGORITHM, Jwt.text(header("ES256"), CLAIMS, in -> new byte[64])),
                forged(
                        "RS512 by a signature of RS256",
                        TokenRejection.SIGNATURE,
                        Jwt.text(header("RS512"), CLAIMS, GOOD)),
                forged(
                        "alg is no text",
                        TokenRejection.ALGORITHM,
                        Jwt.text("{\"alg\":[\"RS256\"],\"kid\":\"k1\"}", CLAIMS, GOOD)),
                forged("no alg", TokenRejection.ALGORITHM, Jwt.text("{\"kid\":\"k1\"}", CLAIMS, GOOD)),
                forged(
                        "alg twice",
                        TokenRejection.MALFORMED,
                        Jwt.text("{\"alg\":\"none\",\"alg\":\"RS256\",\"kid\":\"k1\"}", CLAIMS, GOOD)),
                forged(
                        "kid twice",
                        TokenRejection.MALFORMED,
                        Jwt.text("{\"alg\":\"RS256\",\"kid\":\"k2\",\"kid\":\"k1\"}", CLAIMS, GOOD)),
                forged("no kid", TokenRejection.MALFORMED, Jwt.text("{\"alg\":\"RS256\"}", CLAIMS, GOOD)),
                forged(
                        "a kid that is a path",
                        TokenRejection.UNKNOWN_KEY,
                        Jwt.text("{\"alg\":\"RS256\",\"kid\":\"../../dev/null\"}", CLAIMS, GOOD)),
                forged(
                        "the kid of another issuer's key",
                        TokenRejection.UNKNOWN_KEY,
                        Jwt.text("{\"alg\":\"RS256\",\"kid\":\"k2\"}", CLAIMS, FOREIGN)),
                forged(
                        "this issuer's key for another issuer",
                        TokenRejection.UNKNOWN_KEY,
                        Jwt.text(HEADER, CLAIMS.replace(ISSUER, OTHER), GOOD)),
                forged("another's key under this kid", TokenRejection.SIGNATURE, Jwt.text(HEADER, CLAIMS, FOREIGN)),
                forged(
                        "a key in the header",
                        TokenRejection.SIGNATURE,
                        Jwt.text(with("jwk", Jwt.bareJwk(SECOND, "k1")), CLAIMS, FOREIGN)),
                forged(
                        "a URL of keys in the header",
                        TokenRejection.SIGNATURE,
                        Jwt.text(with("jku", "http://127.0.0.1:1/"), CLAIMS, FOREIGN)),
                forged(
                        "critical extension",
                        TokenRejection.CRITICAL,
                        Jwt.text("{\"alg\":\"RS256\",\"kid\":\"k1\",\"crit\":[\"b64\"],\"b64\":false}", CLAIMS, GOOD)),
                forged(
                        "critical, unknown",
                        TokenRejection.CRITICAL,
                        Jwt.text("{\"alg\":\"RS256\",\"kid\":\"k1\",\"crit\":[\"x\"],\"x\":1}", CLAIMS, GOOD)),
                forged(
                        "critical, empty",
                        TokenRejection.CRITICAL,
                        Jwt.text("{\"alg\":\"RS256\",\"kid\":\"k1\",\"crit\":[]}", CLAIMS, GOOD)),
                forged(
                        "an issuer twice",
                        TokenRejection.MALFORMED,
                        Jwt.text(HEADER, CLAIMS.replace("{", "{\"iss\":\"x\","), GOOD)),
                forged(
                        "a claim twice, deep inside",
                        TokenRejection.MALFORMED,
                        Jwt.text(HEADER, CLAIMS.replace("{", "{\"x\":{\"y\":1,\"y\":2},"), GOOD)),
                forged("text behind the claims", TokenRejection.MALFORMED, Jwt.text(HEADER, CLAIMS + "{}", GOOD)),
                forged("text behind the header", TokenRejection.MALFORMED, Jwt.text(HEADER + " 1", CLAIMS, GOOD)),
                forged("claims in UTF-16", TokenRejection.MALFORMED, utf16()),
                forged(
                        "claims that are no object",
                        TokenRejection.MALFORMED,
                        Jwt.text(HEADER, "[" + CLAIMS + "]", GOOD)),
                forged(
                        "claims that end early",
                        TokenRejection.MALFORMED,
                        Jwt.text(HEADER, CLAIMS.substring(0, 40), GOOD)),
                forged("no JSON", TokenRejection.MALFORMED, Jwt.text("x", "y", GOOD)),
                forged(
                        "truncated in the signature",
                        TokenRejection.SIGNATURE,
                        TRUE_TOKEN.substring(0, TRUE_TOKEN.length() - 8)),
                forged("truncated in the claims", TokenRejection.MALFORMED, TRUE_TOKEN.substring(0, 120)),
                forged(
                        "without signature",
                        TokenRejection.MALFORMED,
                        TRUE_TOKEN.substring(0, TRUE_TOKEN.lastIndexOf('.') + 1)),
                forged("an empty signature's part", TokenRejection.MALFORMED, TRUE_TOKEN + "."),
                forged("another part", TokenRejection.MALFORMED, TRUE_TOKEN + ".x"),
                forged("padding", TokenRejection.MALFORMED, TRUE_TOKEN + "=="),
                forged(
                        "the other alphabet",
                        TokenRejection.MALFORMED,
                        TRUE_TOKEN.substring(0, TRUE_TOKEN.length() - 2) + "+/"),
                forged("a space inside", TokenRejection.MALFORMED, TRUE_TOKEN.replaceFirst("\\.", ". ")),
                forged(
                        "an impossible length",
                        TokenRejection.MALFORMED,
                        TRUE_TOKEN.replaceFirst("\\.", "A.").replaceFirst("\\.", "A.")),
                forged("huge", TokenRejection.MALFORMED, Jwt.text(HEADER, claimsOf(20_000), GOOD)),
                forged("deep", TokenRejection.MALFORMED, Jwt.text(HEADER, "{\"x\":" + "[".repeat(5_000), GOOD)),
                forged(
                        "an endless number",
                        TokenRejection.MALFORMED,
                        Jwt.text(HEADER, "{\"exp\":" + "9".repeat(5_000) + "}", GOOD)),
                forged("nothing", TokenRejection.MALFORMED, ""),
                forged("dots", TokenRejection.MALFORMED, ".."));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("forgeries")
    void aForgedToken_isRefused_andNothingOfItIsTold(String how, TokenRejection fault, String token) {
        double before = gate.count(fault.tag());
        log.list.clear();

        GatewayException refusal = gate.refusal("Bearer " + token);

        assertThat(refusal.failure()).isEqualTo(Failure.UNAUTHORIZED);
        assertThat(gate.count(fault.tag())).as(refusal.getMessage()).isEqualTo(before + 1);
        assertThat(refusal.getMessage()).isEqualTo(fault.refusal().getMessage());
        List<String> parts = Arrays.stream(token.split("\\.", -1))
                .filter(part -> part.length() > 8)
                .toList();
        assertThat(log.list)
                .noneMatch(event -> parts.stream().anyMatch(event.getFormattedMessage()::contains)
                        || parts.stream().anyMatch(String.valueOf(event.getKeyValuePairs())::contains));
    }

    @Test
    void aTokenIn16KiB_isRead() {
        assertThat(gate.ask(Jwt.text(HEADER, claimsOf(10_000), GOOD)).verified())
                .isTrue();
    }

    @Test
    void aValidTokenWithOneCharacterChanged_isRefused() {
        Random random = new Random(5);
        String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ %\u00e9";
        for (int i = 0; i < 3_000; i++) {
            StringBuilder token = new StringBuilder(TRUE_TOKEN);
            int at = random.nextInt(token.length());
            switch (random.nextInt(3)) {
                case 0 -> token.setCharAt(at, alphabet.charAt(random.nextInt(alphabet.length())));
                case 1 -> token.deleteCharAt(at);
                default -> token.insert(at, alphabet.charAt(random.nextInt(alphabet.length())));
            }
            if (!same(token.toString())) {
                assertThat(gate.refusal("Bearer " + token).failure())
                        .as("change %d of character %d", i, at)
                        .isEqualTo(Failure.UNAUTHORIZED);
            }
        }
    }

    /** Whether it is the true token but for spaces around it, or for bits that the last character of base64 does not use. */
    private static boolean same(String text) {
        String token = text.strip();
        int signature = TRUE_TOKEN.lastIndexOf('.') + 1;
        if (!token.startsWith(TRUE_TOKEN.substring(0, signature)) || token.endsWith("=")) {
            return token.equals(TRUE_TOKEN);
        }
        try {
            return Arrays.equals(
                    Base64.getUrlDecoder().decode(token.substring(signature)),
                    Base64.getUrlDecoder().decode(TRUE_TOKEN.substring(signature)));
        } catch (IllegalArgumentException unreadable) {
            return false;
        }
    }

    private static Arguments forged(String how, TokenRejection fault, String token) {
        return Arguments.of(how, fault, token);
    }

    private static String header(String algorithm) {
        return HEADER.replace("RS256", algorithm);
    }

    private static String with(String name, Object value) {
        return new JsonObject(HEADER).put(name, value).encode();
    }

    private static String unsigned(String algorithm) {
        return Jwt.base64(header(algorithm)) + "." + Jwt.base64(CLAIMS) + ".";
    }

    private static String claimsOf(int characters) {
        return CLAIMS.replace("{", "{\"x\":\"" + "x".repeat(characters) + "\",");
    }

    private static String utf16() {
        String input = Jwt.base64(HEADER) + "." + Jwt.base64(CLAIMS.getBytes(StandardCharsets.UTF_16BE));
        return input + "." + Jwt.base64(GOOD.apply(input.getBytes(StandardCharsets.US_ASCII)));
    }

    private static byte[] pem() {
        return ("-----BEGIN PUBLIC KEY-----\n"
                        + Base64.getMimeEncoder(64, new byte[] {'\n'})
                                .encodeToString(FIRST.getPublic().getEncoded())
                        + "\n-----END PUBLIC KEY-----\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static UnaryOperator<byte[]> hmac(byte[] secret) {
        return input -> {
            try {
                Mac mac = Mac.getInstance("HmacSHA256");
                mac.init(new SecretKeySpec(secret, "HmacSHA256"));
                return mac.doFinal(input);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        };
    }

    private static byte[] pss(byte[] input) {
        try {
            Signature signature = Signature.getInstance("RSASSA-PSS");
            signature.setParameter(new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
            signature.initSign(FIRST.getPrivate());
            signature.update(input);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger("dev.botgate");
    }
}
