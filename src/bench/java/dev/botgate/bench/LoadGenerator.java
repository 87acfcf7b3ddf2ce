package dev.botgate.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** The load generator: one thread, connections that are kept, one request at a time on each. */
final class LoadGenerator implements AutoCloseable {
    private static final long PATIENCE_MILLIS = 30_000;
    private static final long LONGEST_NAP_NANOS = 50_000;

    private final Selector selector;
    private final Requests requests;
    private final List<RawConnection> wires = new ArrayList<>();
    private final ByteBuffer scratch = ByteBuffer.allocateDirect(1 << 16);
    private long accepted;

    private LoadGenerator(Selector selector, Requests requests) {
        this.selector = selector;
        this.requests = requests;
    }

    /**
     * What came of a run.
     *
     * @param count replies, whatever they said
     * @param refused those among them that are no 2xx
     * @param latency in nanoseconds, from when each request was to be sent to the reply's last byte
     */
    record Run(long count, long refused, long nanos, Histogram latency) {
        double perSecond() {
            return count * 1e9 / nanos;
        }
    }

    static LoadGenerator open(int port, int connections, Requests requests) throws IOException {
        LoadGenerator load = new LoadGenerator(Selector.open(), requests);
        try {
            for (int i = 0; i < connections; i++) {
                load.wires.add(RawConnection.open(load.selector, port));
            }
        } catch (IOException e) {
            load.close();
            throw e;
        }
        return load;
    }

    /** How many requests of all runs were answered with 2xx. */
    long accepted() {
        return accepted;
    }

    /** One request on each connection. */
    void once() throws IOException {
        var unused = closedLoop(Duration.ZERO);
    }

    /** Each connection sends its next request when the last was answered. */
    Run closedLoop(Duration length) throws IOException {
        Tally tally = new Tally();
        long end = tally.start + length.toNanos();
        for (RawConnection wire : wires) {
            wire.send(requests.next(), System.nanoTime());
        }
        int[] open = {wires.size()};
        while (open[0] > 0) {
            int ready = selector.select(
                    key -> {
                        RawConnection wire = answered(key, tally);
                        if (wire != null && System.nanoTime() < end) {
                            send(wire, System.nanoTime());
                        } else if (wire != null) {
                            open[0]--;
                        }
                    },
                    PATIENCE_MILLIS);
            if (ready == 0) {
                throw new IOException("No reply for " + PATIENCE_MILLIS + " ms on " + open[0] + " of " + wires.size()
                        + " connections");
            }
        }
        return tally.run();
    }

    /**
     * Requests become due at even intervals, whether or not earlier ones were answered; one that finds no connection free
     * waits for one, and its wait counts.
     */
    Run atRate(int perSecond, Duration length) throws IOException {
        Tally tally = new Tally();
        Deque<RawConnection> free = new ArrayDeque<>(wires);
        long interval = 1_000_000_000L / perSecond;
        long due = tally.start;
        long end = tally.start + length.toNanos();
        long giveUp = end + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
        while (due < end || free.size() < wires.size()) {
            long now = System.nanoTime();
            if (now > giveUp) {
                throw new IOException(perSecond + " requests a second are more than can be answered");
            }
            while (due <= now && due < end && !free.isEmpty()) {
                free.remove().send(requests.next(), due);
                due += interval;
            }
            int ready = selector.selectNow(key -> {
                RawConnection wire = answered(key, tally);
                if (wire != null) {
                    free.add(wire);
                }
            });
            if (ready == 0) {
                LockSupport.parkNanos(Math.min(LONGEST_NAP_NANOS, Math.max(1_000, due - now)));
            }
        }
        return tally.run();
    }

    private void send(RawConnection wire, long due) {
        try {
            wire.send(requests.next(), due);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The connection whose reply is complete now; null while some of it is missing. */
    private @Nullable RawConnection answered(SelectionKey key, Tally tally) {
        RawConnection wire = (RawConnection) key.attachment();
        try {
            if (!wire.read(scratch)) {
                return null;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        tally.count++;
        tally.refused += wire.refused() ? 1 : 0;
        accepted += wire.refused() ? 0 : 1;
        tally.latency.recordValue(Math.min(System.nanoTime() - wire.dueNanos(), Tally.LONGEST_NANOS));
        return wire;
    }

    @Override
    public void close() throws IOException {
        for (RawConnection wire : wires) {
            wire.close();
        }
        selector.close();
    }

    private static final class Tally {
        static final long LONGEST_NANOS = 60_000_000_000L;

        final long start = System.nanoTime();
        final Histogram latency = new Histogram(1_000, LONGEST_NANOS, 3);
        long count;
        long refused;

        Run run() {
            return new Run(count, refused, System.nanoTime() - start, latency);
        }
    }
}
