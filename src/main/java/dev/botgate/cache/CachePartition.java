package dev.botgate.cache;

import dev.botgate.exchange.Caller;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The owner of a stored list: a bot of a tenant if its token was verified, otherwise everyone with the same credential.
 * Users who signed in through the bot are of the second kind: they may see other lists than the bot.
 *
 * @param issuer the token's issuer, because two issuers may use the same names; null unless verified
 * @param bot the verified bot; null unless verified
 * @param tenant the verified bot's tenant
 * @param credentialDigest the digest of the credential; empty if verified
 */
record CachePartition(@Nullable String issuer, @Nullable String bot, @Nullable String tenant, String credentialDigest) {
    CachePartition {
        if (bot == null && credentialDigest.isEmpty()) {
            throw new IllegalArgumentException("credentialDigest: \"\" (expected: the digest of a credential)");
        }
    }

    /** The owner of the lists that {@code caller} loads; empty without a credential. */
    static Optional<CachePartition> of(Caller caller) {
        if (caller.credentialDigest().isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                caller.verified() && caller.bot() != null && !caller.delegated()
                        ? new CachePartition(caller.issuer(), caller.bot(), caller.tenant(), "")
                        : new CachePartition(null, null, null, caller.credentialDigest()));
    }

    /** Whether all its requests have the same credential. */
    boolean isOneCredential() {
        return bot == null;
    }

    long weight() {
        return StoredReply.heapSize(credentialDigest)
                + (issuer == null ? 0 : StoredReply.heapSize(issuer))
                + (bot == null ? 0 : StoredReply.heapSize(bot))
                + (tenant == null ? 0 : StoredReply.heapSize(tenant));
    }
}
