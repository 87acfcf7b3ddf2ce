package dev.botgate.audit.access;

import dev.botgate.audit.SanitizedText;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A legal hold: the months in which there are entries of its bot or its conversation are kept beyond their time.
 *
 * @param reason why it was laid on
 * @param addedBy who laid it on
 * @param removal how it was lifted; null while it is in effect
 */
public record LegalHold(
        UUID id, Instant at, Subject subject, String value, String reason, String addedBy, @Nullable Removal removal) {
    /** What a hold can cover. */
    public enum Subject {
        BOT,
        CONVERSATION;

        /** How the trail writes it. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** What {@link #text} wrote. */
        public static Subject ofText(String text) {
            return valueOf(text.toUpperCase(Locale.ROOT));
        }
    }

    /** The lifting of a hold. */
    public record Removal(Instant at, String reason, String removedBy) {}

    public LegalHold {
        value = SanitizedText.text(value);
        reason = SanitizedText.text(reason);
        addedBy = SanitizedText.text(addedBy);
    }
}
