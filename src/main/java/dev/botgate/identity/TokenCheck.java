package dev.botgate.identity;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** Decides about tokens, by the settings and the keys that are there now; what is cheap to see comes before the signature. */
final class TokenCheck {
    private final TrustedIssuers issuers;
    private final Set<String> audiences;
    private final Duration skew;

    TokenCheck(TrustedIssuers issuers, List<String> audiences, Duration skew) {
        this.issuers = issuers;
        this.audiences = Set.copyOf(audiences);
        this.skew = skew;
    }

    TokenVerdict check(String text, Instant now) {
        try {
            return verdict(BearerToken.read(text), now);
        } catch (TokenRejectedException refused) {
            return new TokenVerdict.Refused(refused.fault());
        }
    }

    private TokenVerdict verdict(BearerToken token, Instant now) throws TokenRejectedException {
        TokenClaims claims = token.claims();
        String name = claims.issuer();
        TrustedIssuer issuer =
                issuers.of(name, claims.tenant()).orElseThrow(() -> new TokenRejectedException(TokenRejection.ISSUER));
        require(claims.audiences().stream().anyMatch(audiences::contains), TokenRejection.AUDIENCE);
        Instant until = expiry(claims);
        require(now.isBefore(until), TokenRejection.EXPIRED);
        require(started(claims, now), TokenRejection.EARLY);
        require(
                claims.appid() == null || claims.azp() == null || claims.appid().equals(claims.azp()),
                TokenRejection.NAMELESS);
        String bot = claims.bot().orElseThrow(() -> new TokenRejectedException(TokenRejection.NAMELESS));

        KeySource source = issuer.source();
        KeySet keys = source.current().orElse(null);
        List<KeySet.Key> named = keys == null ? List.of() : keys.named(token.header());
        if (keys == null || named.isEmpty()) {
            return new TokenVerdict.KeyMissing(source);
        }
        List<KeySet.Key> allowed =
                named.stream().filter(key -> maySign(key, claims)).toList();
        require(!allowed.isEmpty(), TokenRejection.ISSUER);
        require(allowed.stream().anyMatch(key -> token.signedBy(key.rsa())), TokenRejection.SIGNATURE);
        return new TokenVerdict.Believed(
                Objects.requireNonNull(name), bot, claims.tenant(), claims.delegated(), until, source, keys);
    }

    private Instant expiry(TokenClaims claims) throws TokenRejectedException {
        return claims.expiry()
                .orElseThrow(() -> new TokenRejectedException(TokenRejection.MALFORMED))
                .plus(skew);
    }

    private boolean started(TokenClaims claims, Instant now) {
        Long notBefore = claims.notBefore();
        return notBefore == null || notBefore <= now.plus(skew).getEpochSecond();
    }

    private static boolean maySign(KeySet.Key key, TokenClaims claims) {
        String issuer = claims.issuer();
        return key.issuer() == null || (issuer != null && key.issuer().mayMean(issuer, claims.tenant()));
    }

    private static void require(boolean condition, TokenRejection otherwise) throws TokenRejectedException {
        if (!condition) {
            throw new TokenRejectedException(otherwise);
        }
    }
}
