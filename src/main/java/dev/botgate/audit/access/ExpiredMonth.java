package dev.botgate.audit.access;

import java.time.YearMonth;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A month of the trail that is older than the retention.
 *
 * @param bytes its size on the disk
 * @param holds the holds that keep it
 * @param problem why it is kept although it should be dropped, or kept by holds
 */
public record ExpiredMonth(YearMonth month, long bytes, List<LegalHold> holds, Fate fate, @Nullable String problem) {
    /** What happens to a month. */
    public enum Fate {
        /** It would be dropped. */
        EXPIRED,
        DROPPED,
        /** A hold keeps it. */
        HELD,
        /** It could not be dropped now. */
        FAILED;

        /** As commands show it. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public ExpiredMonth {
        holds = List.copyOf(holds);
    }
}
