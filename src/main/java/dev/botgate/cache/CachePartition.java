package dev.botgate.cache;

import dev.botgate.exchange.Caller;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whose a kept list is: a bot of a tenant where an issuer vouches for that, else whoever shows the same credential; so do
 * users whose tokens are by the bot's registration, since what they may see is not what the bot may.
 *
 * @param issuer who vouches, since two of them may give the same names; null where the names are only claimed
 * @param bot the verified bot; null where the names are only claimed
 * @param tenant the verified bot's tenant
 * @param credentialDigest the digest of the credential; empty where the bot was verified
 */
record CachePartition(@Nullable String issuer, @Nullable String bot, @Nullable String tenant, String credentialDigest) {
    CachePartition {
        if (bot == null && credentialDigest.isEmpty()) {
            throw new IllegalArgumentException("credentialDigest: \"\" (expected: the digest of a credential)");
        }
    }

    /** Whose a list is that {@code caller} loads; nobody's without a credential. */
    static Optional<CachePartition> of(Caller caller) {
        if (caller.credentialDigest().isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                caller.verified() && caller.bot() != null && !caller.delegated()
                        ? new CachePartition(caller.issuer(), caller.bot(), caller.tenant(), "")
                        : new CachePartition(null, null, null, caller.credentialDigest()));
    }

    /** Whether all its requests show the same credential. */
    boolean isOneCredential() {
        return bot == null;
    }

    long weight() {
        return HeapSize.of(credentialDigest)
                + (issuer == null ? 0 : HeapSize.of(issuer))
                + (bot == null ? 0 : HeapSize.of(bot))
                + (tenant == null ? 0 : HeapSize.of(tenant));
    }
}
