package dev.botgate.server;

import dev.botgate.exchange.Deadlines;
import dev.botgate.server.ClientConnections.CloseReason;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The connections of one event loop whose clients read their replies more slowly than they are written, the longest stalled
 * first. A client that reads nothing within the time-out is disconnected; so is the one stalled longest, where the unsent bytes
 * of all take too much memory. Used on that event loop.
 */
final class SlowClients {
    private final Deadlines timeout;
    private final ConnectionLimits limits;
    private final long maximumBytes;
    private final Set<ReplyWatch> stalled = new LinkedHashSet<>();
    private long bytes;

    /**
     * @param limits counts the unsent bytes of all event loops
     * @param maximumBytes of all unsent bytes here
     */
    SlowClients(Deadlines timeout, ConnectionLimits limits, long maximumBytes) {
        this.timeout = timeout;
        this.limits = limits;
        this.maximumBytes = maximumBytes;
    }

    /** Adds a connection whose socket did not accept all that was written, or updates its unsent bytes. */
    void add(ReplyWatch reply) {
        if (stalled.add(reply)) {
            var unused = reply.progressed();
            reply.deadline = timeout.set(() -> timedOut(reply));
        }
        count(reply, reply.unsent());
        if (bytes > maximumBytes) {
            closeLongestStalled();
        }
    }

    /** Removes a connection without unsent bytes. */
    void remove(ReplyWatch reply) {
        if (stalled.remove(reply)) {
            count(reply, 0);
            cancel(reply);
        }
    }

    private void timedOut(ReplyWatch reply) {
        if (reply.unsent() == 0) {
            remove(reply);
        } else if (reply.progressed()) {
            reply.deadline = timeout.set(() -> timedOut(reply));
            moveToEnd(reply);
        } else {
            remove(reply);
            reply.close(CloseReason.WRITE_TIMEOUT);
        }
    }

    private void closeLongestStalled() {
        for (ReplyWatch reply : new ArrayList<>(stalled)) {
            count(reply, reply.unsent());
            if (reply.progressed()) {
                moveToEnd(reply);
            }
        }
        while (bytes > maximumBytes && !stalled.isEmpty()) {
            ReplyWatch longest = stalled.iterator().next();
            remove(longest);
            longest.close(CloseReason.UNSENT_BYTES);
        }
    }

    private void count(ReplyWatch reply, long now) {
        long change = now - reply.counted;
        bytes += change;
        reply.counted = now;
        limits.addUnsent(change);
    }

    private void moveToEnd(ReplyWatch reply) {
        stalled.remove(reply);
        stalled.add(reply);
    }

    private static void cancel(ReplyWatch reply) {
        Deadlines.Deadline deadline = reply.deadline;
        if (deadline != null) {
            deadline.cancel();
            reply.deadline = null;
        }
    }
}
