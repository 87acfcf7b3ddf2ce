package dev.botgate.identity;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * The claims of a token that the gateway reads. A claim of a wrong type counts as absent.
 *
 * @param issuer {@code iss}
 * @param audiences {@code aud}
 * @param expires {@code exp} in seconds since 1970
 * @param notBefore {@code nbf} likewise; {@link Long#MAX_VALUE} when it is not a number
 * @param appid the bot in tokens of version 1
 * @param azp the bot in tokens of version 2
 * @param tenant {@code tid}
 * @param delegated whether the token has {@code scp}, of whatever type, as tokens for users have
 */
record TokenClaims(
        @Nullable String issuer,
        List<String> audiences,
        @Nullable Long expires,
        @Nullable Long notBefore,
        @Nullable String appid,
        @Nullable String azp,
        @Nullable String tenant,
        boolean delegated) {

    static final TokenClaims NONE = new TokenClaims(null, List.of(), null, null, null, null, null, false);

    private static final int MAX_NAME_LENGTH = 256;

    /** The end of the year 9999. */
    private static final long MAX_EXPIRY = 253_402_300_799L;

    TokenClaims {
        audiences = List.copyOf(audiences);
    }

    static TokenClaims of(JsonNode claims) {
        JsonNode notBefore = claims.get("nbf");
        return new TokenClaims(
                claims.path("iss").textValue(),
                texts(claims.path("aud")),
                seconds(claims.path("exp")),
                notBefore == null || notBefore.isNumber() ? seconds(claims.path("nbf")) : Long.valueOf(Long.MAX_VALUE),
                name(claims.path("appid")),
                name(claims.path("azp")),
                name(claims.path("tid")),
                claims.has("scp"));
    }

    /** The bot that the token names. */
    Optional<String> bot() {
        return Optional.ofNullable(appid == null ? azp : appid);
    }

    /** When the token expires; at most the end of the year 9999, since some issuers write larger numbers for never. */
    Optional<Instant> expiry() {
        return Optional.ofNullable(expires)
                .map(seconds -> Instant.ofEpochSecond(Math.max(0, Math.min(MAX_EXPIRY, seconds))));
    }

    private static List<String> texts(JsonNode value) {
        Stream<JsonNode> values = value.isArray() ? StreamSupport.stream(value.spliterator(), false) : Stream.of(value);
        return values.filter(JsonNode::isTextual).map(JsonNode::textValue).toList();
    }

    private static @Nullable Long seconds(JsonNode value) {
        return value.isNumber() ? Long.valueOf((long) Math.floor(value.doubleValue())) : null;
    }

    private static @Nullable String name(JsonNode value) {
        String text = value.textValue();
        return text == null || text.isBlank() || text.length() > MAX_NAME_LENGTH ? null : text;
    }
}
