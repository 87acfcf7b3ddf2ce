package dev.botgate.identity;

import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import java.util.Locale;
import java.util.Map;

/**
 * Why a request is refused for its token.
 *
 * <p>The texts contain nothing of the token, and only characters that {@code error_description} allows (RFC 6750 section 3).
 */
enum TokenRejection {
    // spotless:off
    ABSENT("A bearer token is required"),
    MALFORMED("The credential is not a single well-formed JWT with signature, kid and exp"),
    ALGORITHM("The token is signed with an algorithm that is not accepted (expected: RS256, RS384 or RS512)"),
    CRITICAL("The token has critical header parameters, which are not supported"),
    ISSUER("The issuer of the token is not trusted"),
    AUDIENCE("The token is for another audience"),
    EXPIRED("The token has expired"),
    EARLY("The token is not valid yet"),
    NAMELESS("The token names no bot, or two different ones (expected: appid or azp)"),
    UNKNOWN_KEY("The kid of the token is not among the keys of its issuer"),
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

    /** What ends the check of a token that is rejected. */
    RejectedException exception() {
        return new RejectedException(this);
    }

    /** Ends the check of a token; has no stack trace. */
    static final class RejectedException extends Exception {
        private static final long serialVersionUID = 1L;

        private final TokenRejection reason;

        private RejectedException(TokenRejection reason) {
            super(reason.tag(), null, false, false);
            this.reason = reason;
        }

        TokenRejection reason() {
            return reason;
        }
    }
}
