package dev.botgate.identity;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.botgate.exchange.Arrival;
import dev.botgate.exchange.Caller;
import dev.botgate.exchange.Filter;
import dev.botgate.exchange.Identified;
import dev.botgate.exchange.Reply;
import dev.botgate.exchange.Service;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the caller from the claims of the bearer token, without checking its signature: the connector does that.
 *
 * <p>The bot is {@code appid} (tokens of version 1) or {@code azp} (version 2), the tenant {@code tid}. A credential that
 * is no readable JWT gives a caller without names; what separates it from others is its digest.
 */
public final class ClaimedIdentity implements Filter<Arrival, Identified> {
    private static final JsonFactory JSON = new JsonFactory();
    private static final String SCHEME = "Bearer ";
    private static final int LONGEST_NAME = 256;

    @Override
    public Future<Reply> apply(Arrival request, Service<Identified> next) {
        return next.serve(request.by(caller(request.head().headers().getAll("Authorization"))));
    }

    /** The caller that shows these {@code Authorization} values. */
    static Caller caller(List<String> authorization) {
        if (authorization.isEmpty()) {
            return Caller.anonymous();
        }
        String digest = digest(String.join("\n", authorization));
        Claims claims = authorization.size() == 1 ? claims(authorization.get(0)) : Claims.NONE;
        return new Caller(claims.bot(), claims.tenant(), digest, false);
    }

    private static Claims claims(String authorization) {
        if (!authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return Claims.NONE;
        }
        String token = authorization.substring(SCHEME.length()).strip();
        int first = token.indexOf('.');
        int second = token.indexOf('.', first + 1);
        if (first < 0 || second < 0) {
            return Claims.NONE;
        }
        try {
            return Claims.read(Base64.getUrlDecoder().decode(token.substring(first + 1, second)));
        } catch (IllegalArgumentException | IOException unreadable) {
            return Claims.NONE;
        }
    }

    private static String digest(String credential) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(sha256.digest(credential.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every Java platform has SHA-256", impossible);
        }
    }

    private record Claims(@Nullable String bot, @Nullable String tenant) {
        static final Claims NONE = new Claims(null, null);

        static Claims read(byte[] json) throws IOException {
            String appid = null;
            String azp = null;
            String tenant = null;
            try (JsonParser parser = JSON.createParser(json)) {
                if (parser.nextToken() != JsonToken.START_OBJECT) {
                    return NONE;
                }
                while (parser.nextToken() == JsonToken.FIELD_NAME) {
                    String name = parser.currentName();
                    String text = parser.nextToken() == JsonToken.VALUE_STRING ? parser.getText() : null;
                    if (text == null) {
                        parser.skipChildren();
                    } else if (name.equals("appid")) {
                        appid = named(text);
                    } else if (name.equals("azp")) {
                        azp = named(text);
                    } else if (name.equals("tid")) {
                        tenant = named(text);
                    }
                }
            }
            return new Claims(appid == null ? azp : appid, tenant);
        }

        private static @Nullable String named(String text) {
            return text.isBlank() || text.length() > LONGEST_NAME ? null : text;
        }
    }
}
