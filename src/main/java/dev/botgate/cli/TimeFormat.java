package dev.botgate.cli;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * Times as a table shows them, to the millisecond and with their offset, so that {@code --from} takes them as they are.
 *
 * @param zone whose time it is
 */
record TimeFormat(ZoneId zone) {
    private static final DateTimeFormatter FORMAT =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSXXX", Locale.ROOT);

    /** Universal time, or with {@code local} that of this machine. */
    static TimeFormat of(boolean local) {
        return new TimeFormat(local ? ZoneId.systemDefault() : ZoneOffset.UTC);
    }

    /** The title of a column of times, which names the zone. */
    String title() {
        return "TIME (" + (zone.equals(ZoneOffset.UTC) ? "UTC" : zone.getId()) + ")";
    }

    String text(Instant time) {
        return FORMAT.format(time.atZone(zone));
    }
}
