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

    Verdict check(String text, Instant now) {
        try {
            return verdict(Token.read(text), now);
        } catch (RefusedToken refused) {
            return new Verdict.Refused(refused.fault());
        }
    }

    private Verdict verdict(Token token, Instant now) throws RefusedToken {
        Claims claims = token.claims();
        String name = claims.issuer();
        TrustedIssuer issuer = issuers.of(name, claims.tenant()).orElseThrow(() -> new RefusedToken(TokenFault.ISSUER));
        require(claims.audiences().stream().anyMatch(audiences::contains), TokenFault.AUDIENCE);
        Instant until = expiry(claims);
        require(now.isBefore(until), TokenFault.EXPIRED);
        require(started(claims, now), TokenFault.EARLY);
        require(
                claims.appid() == null || claims.azp() == null || claims.appid().equals(claims.azp()),
                TokenFault.NAMELESS);
        String bot = claims.bot().orElseThrow(() -> new RefusedToken(TokenFault.NAMELESS));

        KeySource source = issuer.source();
        KeySet keys = source.current().orElse(null);
        List<KeySet.Key> named = keys == null ? List.of() : keys.named(token.header());
        if (keys == null || named.isEmpty()) {
            return new Verdict.KeyMissing(source);
        }
        List<KeySet.Key> allowed =
                named.stream().filter(key -> maySign(key, claims)).toList();
        require(!allowed.isEmpty(), TokenFault.ISSUER);
        require(allowed.stream().anyMatch(key -> token.signedBy(key.rsa())), TokenFault.SIGNATURE);
        return new Verdict.Believed(
                Objects.requireNonNull(name), bot, claims.tenant(), claims.delegated(), until, source, keys);
    }

    private Instant expiry(Claims claims) throws RefusedToken {
        return claims.expiry()
                .orElseThrow(() -> new RefusedToken(TokenFault.MALFORMED))
                .plus(skew);
    }

    private boolean started(Claims claims, Instant now) {
        Long notBefore = claims.notBefore();
        return notBefore == null || notBefore <= now.plus(skew).getEpochSecond();
    }

    private static boolean maySign(KeySet.Key key, Claims claims) {
        String issuer = claims.issuer();
        return key.issuer() == null || (issuer != null && key.issuer().mayMean(issuer, claims.tenant()));
    }

    private static void require(boolean condition, TokenFault otherwise) throws RefusedToken {
        if (!condition) {
            throw new RefusedToken(otherwise);
        }
    }
}
