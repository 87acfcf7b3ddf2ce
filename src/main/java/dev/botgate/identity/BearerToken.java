package dev.botgate.identity;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.RSAKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.Base64;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A token in the compact form of RFC 7515 section 7.1, of which nothing is believed yet but that it is one, by an accepted
 * algorithm.
 *
 * <p>Stricter than the RFCs where parsers differ: the alphabet of base64url and nothing else, no repeated name in header and
 * claims, nothing behind either, and no critical extension. Keys in the header are not looked at.
 */
final class BearerToken {
    private static final Set<JWSAlgorithm> ALGORITHMS =
            Set.of(JWSAlgorithm.RS256, JWSAlgorithm.RS384, JWSAlgorithm.RS512);
    private static final int LONGEST = 16_384;
    private static final Pattern COMPACT = Pattern.compile("([A-Za-z0-9_-]++)\\.([A-Za-z0-9_-]++)\\.([A-Za-z0-9_-]++)");
    private static final JsonFactory STRICT = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final JWSObject signed;
    private final TokenClaims claims;

    private BearerToken(JWSObject signed, TokenClaims claims) {
        this.signed = signed;
        this.claims = claims;
    }

    static BearerToken read(String text) throws TokenRejectedException {
        var parts = COMPACT.matcher(text);
        if (text.length() > LONGEST || !parts.matches()) {
            throw new TokenRejectedException(TokenRejection.MALFORMED);
        }
        try {
            Base64.Decoder base64 = Base64.getUrlDecoder();
            checkHeader(new String(base64.decode(parts.group(1)), StandardCharsets.UTF_8));
            TokenClaims claims = TokenClaims.strict(base64.decode(parts.group(2)));
            return new BearerToken(JWSObject.parse(text), claims);
        } catch (IOException | ParseException | IllegalArgumentException unreadable) {
            throw new TokenRejectedException(TokenRejection.MALFORMED);
        }
    }

    TokenClaims claims() {
        return claims;
    }

    JWSHeader header() {
        return signed.getHeader();
    }

    /** Whether {@code key} made the signature. */
    boolean signedBy(RSAKey key) {
        try {
            return signed.verify(new RSASSAVerifier(key));
        } catch (JOSEException unusable) {
            return false;
        }
    }

    private static void checkHeader(String json) throws IOException, TokenRejectedException {
        boolean accepted = false;
        boolean named = false;
        boolean critical = false;
        try (JsonParser parser = STRICT.createParser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new TokenRejectedException(TokenRejection.MALFORMED);
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                boolean text = parser.nextToken() == JsonToken.VALUE_STRING;
                if (name.equals("alg")) {
                    accepted = text && ALGORITHMS.contains(new JWSAlgorithm(parser.getText()));
                } else if (name.equals("kid")) {
                    named = text && !parser.getText().isEmpty();
                } else if (name.equals("crit")) {
                    critical = true;
                }
                parser.skipChildren();
            }
            if (parser.nextToken() != null) {
                throw new TokenRejectedException(TokenRejection.MALFORMED);
            }
        }
        if (!accepted) {
            throw new TokenRejectedException(TokenRejection.ALGORITHM);
        }
        if (critical) {
            throw new TokenRejectedException(TokenRejection.CRITICAL);
        }
        if (!named) {
            throw new TokenRejectedException(TokenRejection.MALFORMED);
        }
    }
}
