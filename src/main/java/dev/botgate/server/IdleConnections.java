package dev.botgate.server;

import org.jspecify.annotations.Nullable;

/**
 * The connections of one event loop on which no request is under way, the longest idle first. Belongs to that event loop.
 *
 * <p>One that has not sent its first head, or not all of the next one, is idle too: who sends a head slowly must not keep
 * others out.
 */
final class IdleConnections {
    /** Among so many of the longest idle ones one of a certain client is looked for. */
    private static final int LOOK_AT = 64;

    private @Nullable Entry first;
    private @Nullable Entry last;

    /** One connection. */
    final class Entry {
        private final Object client;
        private final Runnable close;
        private @Nullable Entry before;
        private @Nullable Entry after;
        private boolean idle;

        private Entry(Object client, Runnable close) {
            this.client = client;
            this.close = close;
        }

        void begin() {
            if (idle) {
                return;
            }
            idle = true;
            Entry previous = last;
            before = previous;
            last = this;
            if (previous == null) {
                first = this;
            } else {
                previous.after = this;
            }
        }

        void end() {
            if (!idle) {
                return;
            }
            idle = false;
            Entry previous = before;
            Entry next = after;
            if (previous == null) {
                first = next;
            } else {
                previous.after = next;
            }
            if (next == null) {
                last = previous;
            } else {
                next.before = previous;
            }
            before = null;
            after = null;
        }
    }

    /** @param close closes the connection at once */
    Entry entry(Object client, Runnable close) {
        return new Entry(client, close);
    }

    /**
     * Closes the one that has been idle longest.
     *
     * @param client whose it must be; null for anybody's
     * @return whether there was one
     */
    boolean closeLongest(@Nullable Object client) {
        Entry entry = first;
        for (int i = 0; entry != null && i < LOOK_AT; i++) {
            if (client == null || client.equals(entry.client)) {
                entry.end();
                entry.close.run();
                return true;
            }
            entry = entry.after;
        }
        return false;
    }
}
