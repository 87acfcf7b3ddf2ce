package dev.botgate.identity;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a token says of itself, as far as anybody here asks. Claims of another type than they should have are none.
 *
 * @param issuer {@code iss}
 * @param audiences {@code aud}
 * @param expires {@code exp} in seconds since 1970
 * @param notBefore {@code nbf} likewise; what is there but no time is one that never comes
 * @param appid the bot, in tokens of version 1
 * @param azp the bot, in tokens of version 2
 * @param tenant {@code tid}
 * @param delegated whether there is {@code scp}, of whatever type, as in tokens for users
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

    private static final JsonFactory LENIENT = new JsonFactory();
    private static final JsonFactory STRICT = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();
    private static final int LONGEST_NAME = 256;

    /** The end of the year 9999. */
    private static final long LATEST = 253_402_300_799L;

    TokenClaims {
        audiences = List.copyOf(audiences);
    }

    /** The bot that the token names. */
    Optional<String> bot() {
        return Optional.ofNullable(appid == null ? azp : appid);
    }

    /** When the token expires, as it says; at the latest with the year 9999, since some issuers mean never. */
    Optional<Instant> expiry() {
        return Optional.ofNullable(expires)
                .map(seconds -> Instant.ofEpochSecond(Math.max(0, Math.min(LATEST, seconds))));
    }

    /** The claims of {@code json}; of a claim that is repeated the last one counts. */
    static TokenClaims lenient(byte[] json) throws IOException {
        try (JsonParser parser = LENIENT.createParser(json)) {
            return parser.nextToken() == JsonToken.START_OBJECT ? object(parser) : NONE;
        }
    }

    /** The claims of {@code json}, which must be one object in UTF-8, without repeated names anywhere, and nothing else. */
    static TokenClaims strict(byte[] json) throws IOException {
        try (JsonParser parser = STRICT.createParser(new String(json, StandardCharsets.UTF_8))) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("no object");
            }
            TokenClaims claims = object(parser);
            if (parser.nextToken() != null) {
                throw new IOException("more than an object");
            }
            return claims;
        }
    }

    private static TokenClaims object(JsonParser parser) throws IOException {
        String issuer = null;
        List<String> audiences = List.of();
        Long expires = null;
        Long notBefore = null;
        String appid = null;
        String azp = null;
        String tenant = null;
        boolean delegated = false;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            switch (name) {
                case "iss" -> issuer = text(parser, value);
                case "aud" -> audiences = texts(parser, value);
                case "exp" -> expires = seconds(parser, value);
                case "nbf" -> {
                    Long read = seconds(parser, value);
                    notBefore = read == null ? Long.MAX_VALUE : read;
                }
                case "appid" -> appid = name(text(parser, value));
                case "azp" -> azp = name(text(parser, value));
                case "tid" -> tenant = name(text(parser, value));
                case "scp" -> {
                    delegated = true;
                    parser.skipChildren();
                }
                default -> parser.skipChildren();
            }
        }
        return new TokenClaims(issuer, audiences, expires, notBefore, appid, azp, tenant, delegated);
    }

    private static @Nullable String text(JsonParser parser, JsonToken value) throws IOException {
        if (value == JsonToken.VALUE_STRING) {
            return parser.getText();
        }
        parser.skipChildren();
        return null;
    }

    private static List<String> texts(JsonParser parser, JsonToken value) throws IOException {
        if (value != JsonToken.START_ARRAY) {
            String single = text(parser, value);
            return single == null ? List.of() : List.of(single);
        }
        List<String> texts = new ArrayList<>();
        for (JsonToken item = parser.nextToken(); item != JsonToken.END_ARRAY; item = parser.nextToken()) {
            String text = text(parser, item);
            if (text != null) {
                texts.add(text);
            }
        }
        return texts;
    }

    private static @Nullable Long seconds(JsonParser parser, JsonToken value) throws IOException {
        if (value.isNumeric()) {
            return (long) Math.floor(parser.getDoubleValue());
        }
        parser.skipChildren();
        return null;
    }

    private static @Nullable String name(@Nullable String text) {
        return text == null || text.isBlank() || text.length() > LONGEST_NAME ? null : text;
    }
}
