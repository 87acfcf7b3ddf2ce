package dev.botgate.exchange;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who calls, by the bearer token of the request.
 *
 * <p>There is no default caller: a request without a token has {@link #anonymous()}, whose credential digest is that of
 * no credential at all, and which is equal to no other caller.
 *
 * @param bot the app id that the token names ({@code appid} or {@code azp}), where it could be read; there if verified
 * @param tenant the tenant that the token names ({@code tid}), where it could be read
 * @param credentialDigest SHA-256 of the whole {@code Authorization} value, in lower-case hex; empty without credential
 * @param verified whether the token's signature was checked; false means that the names are claims
 * @param issuer who signed the token ({@code iss}), where that was checked
 * @param claimedExpiry when the token says that it expires ({@code exp}), where nobody here has checked that; it can take
 *     leave away, and give none
 * @param delegated whether the token is one that a user was given through the bot's registration ({@code scp}), and so may
 *     less, or something else, than the bot itself
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

    /** A caller of whose issuer nothing is known. */
    public Caller(@Nullable String bot, @Nullable String tenant, String credentialDigest, boolean verified) {
        this(bot, tenant, credentialDigest, verified, null, null, false);
    }

    /** A caller that showed no credential. */
    public static Caller anonymous() {
        return ANONYMOUS;
    }

    /** Whether the token says of itself that it has expired by {@code now}, in milliseconds since 1970. */
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
