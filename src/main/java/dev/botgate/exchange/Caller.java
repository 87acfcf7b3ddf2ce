package dev.botgate.exchange;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The caller of a request, by its bearer token.
 *
 * <p>There is no default caller: a request without a token has {@link #anonymous()}, whose credential digest is that of
 * no credential at all, and which is equal to no other caller.
 *
 * @param bot the app id that the token names ({@code appid} or {@code azp}), null if it could not be read; never null if verified
 * @param tenant the tenant that the token names ({@code tid}); null if it could not be read
 * @param credentialDigest SHA-256 of the whole {@code Authorization} value, in lower-case hex; empty without credential
 * @param verified whether the token's signature was checked; false means that the names are claims
 * @param issuer the issuer who signed the token ({@code iss}); null if that was not checked
 * @param claimedExpiry the expiry that an unverified token claims ({@code exp}); it may restrict what the caller gets, and
 *     never extend it
 * @param delegated whether the token acts for a user ({@code scp}), so that its rights differ from the bot's own
 */
public record Caller(
        @Nullable String bot,
        @Nullable String tenant,
        String credentialDigest,
        boolean verified,
        @Nullable String issuer,
        @Nullable Instant claimedExpiry,
        boolean delegated) {

    private static final Caller ANONYMOUS = new Caller(null, null, "", false);

    /** A caller whose issuer and expiry are unknown. */
    public Caller(@Nullable String bot, @Nullable String tenant, String credentialDigest, boolean verified) {
        this(bot, tenant, credentialDigest, verified, null, null, false);
    }

    /** The caller of a request without a credential. */
    public static Caller anonymous() {
        return ANONYMOUS;
    }

    /** Whether an unverified token claims to have expired by {@code now}, in milliseconds since 1970. */
    public boolean claimsToHaveExpired(long now) {
        return claimedExpiry != null && claimedExpiry.toEpochMilli() <= now;
    }

    public Optional<String> botId() {
        return Optional.ofNullable(bot);
    }

    public Optional<String> tenantId() {
        return Optional.ofNullable(tenant);
    }
}
