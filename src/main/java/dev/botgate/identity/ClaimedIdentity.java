package dev.botgate.identity;

import dev.botgate.exchange.Arrival;
import dev.botgate.exchange.Caller;
import dev.botgate.exchange.Filter;
import dev.botgate.exchange.HeaderNames;
import dev.botgate.exchange.Identified;
import dev.botgate.exchange.Reply;
import dev.botgate.exchange.Service;
import io.vertx.core.Future;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Reads the caller from the claims of the bearer token, without checking its signature: the connector does that.
 *
 * <p>The bot is {@code appid} (tokens of version 1) or {@code azp} (version 2), the tenant {@code tid}. A credential that
 * is no readable JWT gives a caller without names; what separates it from others is its digest.
 *
 * <p>Who called lately is known by the credential itself, which is not read again. An instance belongs to one event loop.
 */
public final class ClaimedIdentity implements Filter<Arrival, Identified> {
    private final RememberedCallers remembered;

    /** @param nanoTime a clock that never goes back, such as {@link System#nanoTime} */
    public ClaimedIdentity(LongSupplier nanoTime) {
        this.remembered = new RememberedCallers(nanoTime);
    }

    @Override
    public Future<Reply> apply(Arrival request, Service<Identified> next) {
        List<String> authorization = request.head().headers().getAll(HeaderNames.AUTHORIZATION);
        Caller caller = authorization.size() == 1
                ? remembered.of(authorization.get(0), credential -> caller(authorization))
                : caller(authorization);
        return next.serve(request.by(caller));
    }

    /** The caller that shows these {@code Authorization} values. */
    static Caller caller(List<String> authorization) {
        return Credential.of(authorization)
                .map(credential -> caller(
                        credential,
                        credential.token().map(ClaimedIdentity::claims).orElse(TokenClaims.NONE)))
                .orElseGet(Caller::anonymous);
    }

    private static Caller caller(Credential credential, TokenClaims claims) {
        return new Caller(
                claims.bot().orElse(null),
                claims.tenant(),
                credential.digest(),
                false,
                null,
                claims.expiry().orElse(null),
                claims.delegated());
    }

    private static TokenClaims claims(String token) {
        int first = token.indexOf('.');
        int second = token.indexOf('.', first + 1);
        if (first < 0 || second < 0) {
            return TokenClaims.NONE;
        }
        try {
            return TokenClaims.lenient(Base64.getUrlDecoder().decode(token.substring(first + 1, second)));
        } catch (IllegalArgumentException | IOException unreadable) {
            return TokenClaims.NONE;
        }
    }
}
