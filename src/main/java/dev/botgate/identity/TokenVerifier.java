package dev.botgate.identity;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checks tokens by the settings and the keys that are there now; cheap checks come before the signature. */
final class TokenVerifier {
    private final TrustedIssuers issuers;
    private final Set<String> audiences;
    private final Duration skew;

    TokenVerifier(TrustedIssuers issuers, List<String> audiences, Duration skew) {
        this.issuers = issuers;
        this.audiences = Set.copyOf(audiences);
        this.skew = skew;
    }

    /** The result of a check. */
    sealed interface Verdict {}

    /**
     * A token that was verified.
     *
     * @param delegated whether it was issued for a user
     * @param until when it expires, with the tolerance for clocks
     * @param keys the keys of {@code source} when it was verified; the verdict is valid while they are the current ones
     */
    record Verified(
            String issuer,
            String bot,
            @Nullable String tenant,
            boolean delegated,
            Instant until,
            KeySource source,
            KeySet keys)
            implements Verdict {

        boolean isValid(Instant now) {
            return now.isBefore(until) && source.current().filter(keys::equals).isPresent();
        }
    }

    record Rejected(TokenRejection reason) implements Verdict {}

    /** A token that is right but for the signature, which cannot be checked: its key is not among those of {@code source}. */
    record KeyMissing(KeySource source) implements Verdict {}

    Verdict verify(String token, Instant now) {
        try {
            return verify(BearerToken.parse(token), now);
        } catch (TokenRejection.RejectedException rejected) {
            return new Rejected(rejected.reason());
        }
    }

    private Verdict verify(BearerToken token, Instant now) throws TokenRejection.RejectedException {
        TokenClaims claims = token.claims();
        String name = claims.issuer();
        KeySource source = issuers.find(name, claims.tenant())
                .orElseThrow(TokenRejection.ISSUER::exception)
                .source();
        require(claims.audiences().stream().anyMatch(audiences::contains), TokenRejection.AUDIENCE);
        Instant until =
                claims.expiry().orElseThrow(TokenRejection.MALFORMED::exception).plus(skew);
        require(now.isBefore(until), TokenRejection.EXPIRED);
        Long notBefore = claims.notBefore();
        require(notBefore == null || notBefore <= now.plus(skew).getEpochSecond(), TokenRejection.EARLY);
        require(
                claims.appid() == null || claims.azp() == null || claims.appid().equals(claims.azp()),
                TokenRejection.NAMELESS);
        String bot = claims.bot().orElseThrow(TokenRejection.NAMELESS::exception);

        KeySet keys = source.current().orElse(null);
        List<KeySet.Key> candidates = keys == null ? List.of() : keys.candidates(token.header());
        if (keys == null || candidates.isEmpty()) {
            return new KeyMissing(source);
        }
        List<KeySet.Key> allowed =
                candidates.stream().filter(key -> maySign(key, claims)).toList();
        require(!allowed.isEmpty(), TokenRejection.ISSUER);
        require(allowed.stream().anyMatch(key -> token.isSignedBy(key.rsa())), TokenRejection.SIGNATURE);
        return new Verified(
                Objects.requireNonNull(name), bot, claims.tenant(), claims.delegated(), until, source, keys);
    }

    private static boolean maySign(KeySet.Key key, TokenClaims claims) {
        String issuer = claims.issuer();
        return key.issuer() == null || (issuer != null && key.issuer().maySignFor(issuer, claims.tenant()));
    }

    private static void require(boolean condition, TokenRejection otherwise) throws TokenRejection.RejectedException {
        if (!condition) {
            throw otherwise.exception();
        }
    }
}
