package dev.botgate.identity;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.RSAKey;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.Base64;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A well-formed token in the compact form of RFC 7515 section 7.1 with an accepted algorithm, whose signature has not been
 * checked yet.
 *
 * <p>Stricter than the RFCs where parsers differ: only the alphabet of base64url, no repeated name in header and claims, nothing
 * after either, and no critical extension. Keys in the header are ignored.
 */
final class BearerToken {
    private static final Set<String> ALGORITHMS =
            Set.of(JWSAlgorithm.RS256.getName(), JWSAlgorithm.RS384.getName(), JWSAlgorithm.RS512.getName());
    private static final int MAX_LENGTH = 16_384;
    private static final Pattern COMPACT = Pattern.compile("([A-Za-z0-9_-]++)\\.([A-Za-z0-9_-]++)\\.([A-Za-z0-9_-]++)");
    private static final JsonMapper STRICT = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final JWSObject signed;
    private final TokenClaims claims;

    private BearerToken(JWSObject signed, TokenClaims claims) {
        this.signed = signed;
        this.claims = claims;
    }

    static BearerToken parse(String text) throws TokenRejection.RejectedException {
        var parts = COMPACT.matcher(text);
        if (text.length() > MAX_LENGTH || !parts.matches()) {
            throw TokenRejection.MALFORMED.exception();
        }
        try {
            checkHeader(object(parts.group(1)));
            TokenClaims claims = TokenClaims.of(object(parts.group(2)));
            return new BearerToken(JWSObject.parse(text), claims);
        } catch (JacksonException | ParseException | IllegalArgumentException unreadable) {
            throw TokenRejection.MALFORMED.exception();
        }
    }

    TokenClaims claims() {
        return claims;
    }

    JWSHeader header() {
        return signed.getHeader();
    }

    boolean isSignedBy(RSAKey key) {
        try {
            return signed.verify(new RSASSAVerifier(key));
        } catch (JOSEException unusable) {
            return false;
        }
    }

    private static JsonNode object(String base64) throws JacksonException {
        // As text, since Jackson would accept UTF-16 bytes too.
        JsonNode node = STRICT.readTree(new String(Base64.getUrlDecoder().decode(base64), StandardCharsets.UTF_8));
        if (!node.isObject()) {
            throw new IllegalArgumentException("no object");
        }
        return node;
    }

    private static void checkHeader(JsonNode header) throws TokenRejection.RejectedException {
        String algorithm = header.path("alg").textValue();
        if (algorithm == null || !ALGORITHMS.contains(algorithm)) {
            throw TokenRejection.ALGORITHM.exception();
        }
        if (header.has("crit")) {
            throw TokenRejection.CRITICAL.exception();
        }
        String kid = header.path("kid").textValue();
        if (kid == null || kid.isEmpty()) {
            throw TokenRejection.MALFORMED.exception();
        }
    }
}
