package dev.botgate.identity;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What is to be thought of a token. */
sealed interface TokenVerdict {

    /**
     * It is believed.
     *
     * @param issuer what it says that it is of
     * @param delegated whether it is for a user, through the bot's registration
     * @param until when it expires, the issuer's slow clock allowed for
     * @param source where its key is from
     * @param keys the keys among which that was; while they are the current ones the verdict holds
     */
    record Believed(
            String issuer,
            String bot,
            @Nullable String tenant,
            boolean delegated,
            Instant until,
            KeySource source,
            KeySet keys)
            implements TokenVerdict {

        boolean holds(Instant now) {
            return now.isBefore(until) && source.current().filter(keys::equals).isPresent();
        }
    }

    record Refused(TokenRejection fault) implements TokenVerdict {}

    /** All but the signature is right, and the key is not among those of {@code source}, if there are any at all. */
    record KeyMissing(KeySource source) implements TokenVerdict {}
}
