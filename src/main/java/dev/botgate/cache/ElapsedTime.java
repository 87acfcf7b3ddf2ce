package dev.botgate.cache;

import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Nanoseconds that pass also while the host is suspended, when {@link System#nanoTime} stands still on Linux: where the
 * clock has gone a second or more ahead of that, so much is added. A clock that is set back takes nothing away, and one that
 * is set forth counts as time that has passed. Safe on any thread.
 */
public final class ElapsedTime implements LongSupplier {
    private static final long NOTICED = TimeUnit.SECONDS.toNanos(1);

    private final LongSupplier nanoTime;
    private final InstantSource clock;
    private volatile Lead lead;

    /**
     * How the clock and the steady time have gone apart.
     *
     * @param lead how far the clock was ahead when that was last looked into
     * @param added what was added to the steady time until then
     */
    private record Lead(long lead, long added) {}

    /** @param nanoTime a time that never goes back, such as {@link System#nanoTime} */
    public ElapsedTime(LongSupplier nanoTime, InstantSource clock) {
        this.nanoTime = nanoTime;
        this.clock = clock;
        this.lead = new Lead(lead(nanoTime.getAsLong()), 0);
    }

    @Override
    public long getAsLong() {
        long nanos = nanoTime.getAsLong();
        Lead known = lead;
        if (Math.abs(lead(nanos) - known.lead()) >= NOTICED) {
            known = lookedInto();
        }
        return nanos + known.added();
    }

    private long lead(long nanos) {
        return TimeUnit.MILLISECONDS.toNanos(clock.millis()) - nanos;
    }

    /** Measures again, since the thread may just have stood between the two times. */
    private synchronized Lead lookedInto() {
        Lead known = lead;
        long now = lead(nanoTime.getAsLong());
        long gone = now - known.lead();
        if (Math.abs(gone) < NOTICED) {
            return known;
        }
        Lead found = new Lead(now, known.added() + Math.max(0, gone));
        lead = found;
        return found;
    }
}
