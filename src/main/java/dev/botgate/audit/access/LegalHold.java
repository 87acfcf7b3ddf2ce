package dev.botgate.audit.access;

import dev.botgate.audit.SanitizedText;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A legal hold: months that have entries of its bot or its conversation are kept although they have expired.
 *
 * @param reason why it was added
 * @param addedBy who added it
 * @param removal when, why and by whom it was removed; null while it is in effect
 */
public record LegalHold(
        UUID id, Instant at, Subject subject, String value, String reason, String addedBy, @Nullable Removal removal) {
    /** What a hold can cover. */
    public enum Subject {
        BOT,
        CONVERSATION;

        /** The name in the trail, such as {@code bot}. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** The subject whose {@link #text} this is. */
        public static Subject ofText(String text) {
            return valueOf(text.toUpperCase(Locale.ROOT));
        }
    }

    public record Removal(Instant at, String reason, String removedBy) {}

    public LegalHold {
        value = SanitizedText.text(value);
        reason = SanitizedText.text(reason);
        addedBy = SanitizedText.text(addedBy);
    }
}
