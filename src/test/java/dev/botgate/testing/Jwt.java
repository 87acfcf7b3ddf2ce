package dev.botgate.testing;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.function.UnaryOperator;

/** Tokens and key sets as issuers make them, and as forgers do; by the platform's cryptography alone. */
public final class Jwt {
    public static final KeyPair FIRST = rsa(2048);
    public static final KeyPair SECOND = rsa(2048);
    public static final String AUDIENCE = "https://api.botframework.com";

    private Jwt() {}

    /** A token by {@code key}, RS256, which names it {@code kid}. */
    public static String signed(KeyPair key, String kid, JsonObject claims) {
        JsonObject header =
                new JsonObject().put("typ", "JWT").put("alg", "RS256").put("kid", kid);
        return text(header.encode(), claims.encode(), rsaSignature("SHA256withRSA", key.getPrivate()));
    }

    /** Claims of version 1 that are valid at {@code now}. */
    public static JsonObject claims(String issuer, String bot, String tenant, Instant now) {
        return new JsonObject()
                .put("aud", AUDIENCE)
                .put("iss", issuer)
                .put("iat", now.getEpochSecond())
                .put("nbf", now.getEpochSecond())
                .put("exp", now.getEpochSecond() + 3_600)
                .put("appid", bot)
                .put("tid", tenant);
    }

    /** The compact form of these, as they are. */
    public static String text(String header, String claims, UnaryOperator<byte[]> signature) {
        String input = base64(header) + "." + base64(claims);
        return input + "." + base64(signature.apply(input.getBytes(StandardCharsets.US_ASCII)));
    }

    public static UnaryOperator<byte[]> rsaSignature(String algorithm, PrivateKey key) {
        return input -> {
            try {
                Signature signature = Signature.getInstance(algorithm);
                signature.initSign(key);
                signature.update(input);
                return signature.sign();
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        };
    }

    /** A JWK Set of these keys. */
    public static String jwks(JsonObject... keys) {
        return new JsonObject().put("keys", new JsonArray(Arrays.asList(keys))).encode();
    }

    /** The public half of {@code key}, as issuers publish it, with more around it than is needed. */
    public static JsonObject jwk(KeyPair key, String kid) {
        return bareJwk(key, kid).put("x5t", kid).put("x5c", new JsonArray().add("no certificate"));
    }

    /** The public half of {@code key} alone. */
    public static JsonObject bareJwk(KeyPair key, String kid) {
        RSAPublicKey rsa = (RSAPublicKey) key.getPublic();
        return new JsonObject()
                .put("kty", "RSA")
                .put("use", "sig")
                .put("kid", kid)
                .put("n", base64(unsigned(rsa.getModulus())))
                .put("e", base64(unsigned(rsa.getPublicExponent())));
    }

    public static String base64(String text) {
        return base64(text.getBytes(StandardCharsets.UTF_8));
    }

    public static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    public static KeyPair rsa(int bits) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(bits);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] unsigned(BigInteger number) {
        byte[] bytes = number.toByteArray();
        return bytes[0] == 0 ? Arrays.copyOfRange(bytes, 1, bytes.length) : bytes;
    }
}
