package dev.botgate.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A bar on a terminal: how far an export has come in time, how many entries that were, and how fast they go. Elsewhere only
 * the last line is printed.
 */
final class ExportProgress implements AutoCloseable {
    private static final int WIDTH = 30;
    private static final long INTERVAL_NANOS = 200_000_000;

    private final PrintWriter to;
    private final boolean terminal;
    private final long started = System.nanoTime();
    private @Nullable Instant from;
    private Instant until = Instant.MAX;
    private long entries;
    private long drawn = started;
    private boolean open;

    ExportProgress(PrintWriter to, boolean terminal) {
        this.to = to;
        this.terminal = terminal;
    }

    /** The time before which all entries lie. */
    synchronized void until(Instant end) {
        until = end;
    }

    /** So many more, the last of them of this time. */
    synchronized void at(Instant time, int more) {
        if (from == null) {
            from = time;
        }
        entries += more;
        long now = System.nanoTime();
        if (terminal && now - drawn >= INTERVAL_NANOS) {
            drawn = now;
            open = true;
            to.print("\r" + line(share(from, time), entries, now - started));
            to.flush();
        }
    }

    synchronized void done(long all) {
        close();
        to.println(String.format(Locale.ROOT, "%,d entries, %,d/s", all, perSecond(all, System.nanoTime() - started)));
        to.flush();
    }

    /** Ends the line of the bar. */
    @Override
    public synchronized void close() {
        if (open) {
            open = false;
            to.println();
            to.flush();
        }
    }

    static String line(double share, long entries, long nanos) {
        int filled = (int) Math.round(share * WIDTH);
        return String.format(
                Locale.ROOT,
                "[%s%s] %3d %%  %,d entries  %,d/s ",
                "#".repeat(filled),
                "-".repeat(WIDTH - filled),
                Math.round(share * 100),
                entries,
                perSecond(entries, nanos));
    }

    private double share(Instant since, Instant time) {
        double all = Duration.between(since, until).toMillis();
        return all <= 0
                ? 1
                : Math.min(1, Math.max(0, Duration.between(since, time).toMillis() / all));
    }

    private static long perSecond(long entries, long nanos) {
        return Math.round(entries * 1e9 / Math.max(1, nanos));
    }
}
