package dev.botgate.identity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.botgate.exchange.Arrival;
import dev.botgate.exchange.Caller;
import dev.botgate.exchange.Filter;
import dev.botgate.exchange.HeaderNames;
import dev.botgate.exchange.Identified;
import dev.botgate.exchange.Reply;
import dev.botgate.exchange.Service;
import io.vertx.core.Future;
import java.io.IOException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Reads the caller from the claims of the bearer token without checking its signature; the connector checks it.
 *
 * <p>The bot is {@code appid} (tokens of version 1) or {@code azp} (version 2), the tenant {@code tid}. A credential that
 * is not a readable JWT gives a caller without names, told from others by its digest.
 *
 * <p>Callers are remembered by their credential while they come back. An instance belongs to one event loop.
 */
public final class ClaimedIdentity implements Filter<Arrival, Identified> {
    /** How long a credential that is not used is kept in memory. */
    static final Duration MAX_IDLE = Duration.ofMinutes(5);

    /** This times {@link #MAX_LENGTH}, 8 MB, is the most that an event loop remembers. */
    static final int MAX_REMEMBERED = 1_024;

    static final int MAX_LENGTH = 8_192;

    private static final JsonMapper JSON = new JsonMapper();

    private final Cache<String, Caller> remembered;

    /** @param nanoTime a clock that never goes back, such as {@link System#nanoTime} */
    public ClaimedIdentity(LongSupplier nanoTime) {
        this.remembered = Caffeine.newBuilder()
                .maximumSize(MAX_REMEMBERED)
                .expireAfterAccess(MAX_IDLE)
                .ticker(nanoTime::getAsLong)
                .executor(Runnable::run)
                .build();
    }

    @Override
    public Future<Reply> apply(Arrival request, Service<Identified> next) {
        List<String> authorization = request.head().headers().getAll(HeaderNames.AUTHORIZATION);
        return next.serve(request.by(remembered(authorization)));
    }

    /** The same as {@link #caller}, from memory if possible. */
    Caller remembered(List<String> authorization) {
        return authorization.size() == 1 && authorization.get(0).length() <= MAX_LENGTH
                ? remembered.get(authorization.get(0), credential -> caller(authorization))
                : caller(authorization);
    }

    long rememberedCount() {
        return remembered.estimatedSize();
    }

    /** The caller of a request with these {@code Authorization} values. */
    static Caller caller(List<String> authorization) {
        return Credential.of(authorization)
                .map(credential -> {
                    TokenClaims claims =
                            credential.token().map(ClaimedIdentity::claims).orElse(TokenClaims.NONE);
                    return new Caller(
                            claims.bot().orElse(null),
                            claims.tenant(),
                            credential.digest(),
                            false,
                            null,
                            claims.expiry().orElse(null),
                            claims.delegated());
                })
                .orElseGet(Caller::anonymous);
    }

    private static TokenClaims claims(String token) {
        String[] parts = token.split("\\.", 3);
        if (parts.length < 3) {
            return TokenClaims.NONE;
        }
        try {
            JsonNode claims = JSON.readTree(Base64.getUrlDecoder().decode(parts[1]));
            return claims.isObject() ? TokenClaims.of(claims) : TokenClaims.NONE;
        } catch (IllegalArgumentException | IOException unreadable) {
            return TokenClaims.NONE;
        }
    }
}
