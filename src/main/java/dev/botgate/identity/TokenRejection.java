package dev.botgate.identity;

import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import java.util.Locale;
import java.util.Map;

/**
 * Why a request without a believed token is refused.
 *
 * <p>The texts hold nothing of the token, and no character that {@code error_description} may not have (RFC 6750 section 3).
 */
enum TokenRejection {
    // spotless:off
    ABSENT("A bearer token is needed"),
    MALFORMED("The credential is no single well-formed JWT with signature, kid and exp"),
    ALGORITHM("The token is signed by an algorithm that is not accepted (expected: RS256, RS384 or RS512)"),
    CRITICAL("The token has critical header parameters, and none is understood"),
    ISSUER("The token is of an issuer that is not trusted"),
    AUDIENCE("The token is for another audience"),
    EXPIRED("The token has expired"),
    EARLY("The token is not valid yet"),
    NAMELESS("The token names no bot, or two (expected: appid or azp)"),
    UNKNOWN_KEY("The token names a key that its issuer does not have"),
    SIGNATURE("The signature of the token is wrong");
    // spotless:on

    private final String text;

    TokenRejection(String text) {
        this.text = text;
    }

    /** The name in metrics. */
    String tag() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The refusal: 401 with the challenge of RFC 6750 section 3, which has no error where there was no token. */
    GatewayException refusal() {
        String challenge =
                this == ABSENT ? "Bearer" : "Bearer error=\"invalid_token\", error_description=\"" + text + "\"";
        return new GatewayException(Failure.UNAUTHORIZED, text).with(Map.of("WWW-Authenticate", challenge));
    }
}
