package dev.botgate.server;

import dev.botgate.exchange.Deadlines;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The connections of one event loop whose clients do not take their reply as fast as it is written, the longest stalled
 * first. Who takes nothing for the time-out is cut off; who is stalled longest, where what they all leave waiting takes too
 * much memory. Belongs to that event loop.
 */
final class SlowClients {
    private final Deadlines timeout;
    private final ConnectionLimits limits;
    private final long maximumBytes;
    private final Set<ReplyWatch> stalled = new LinkedHashSet<>();
    private long bytes;

    /**
     * @param limits are told what waits
     * @param maximumBytes what all that waits here may take
     */
    SlowClients(Deadlines timeout, ConnectionLimits limits, long maximumBytes) {
        this.timeout = timeout;
        this.limits = limits;
        this.maximumBytes = maximumBytes;
    }

    /** Says that the socket of {@code reply} did not take all that was written. */
    void stalled(ReplyWatch reply) {
        if (stalled.add(reply)) {
            reply.remember();
            reply.deadline = timeout.set(() -> late(reply));
        }
        count(reply, reply.unsent());
        if (bytes > maximumBytes) {
            makeRoom();
        }
    }

    /** Says that nothing waits there any more. */
    void over(ReplyWatch reply) {
        if (stalled.remove(reply)) {
            count(reply, 0);
            cancel(reply);
        }
    }

    private void late(ReplyWatch reply) {
        if (reply.unsent() == 0) {
            over(reply);
        } else if (reply.comesOn()) {
            reply.deadline = timeout.set(() -> late(reply));
            putLast(reply);
        } else {
            over(reply);
            reply.close(CloseReason.WRITE_TIMEOUT);
        }
    }

    private void makeRoom() {
        for (ReplyWatch reply : new ArrayList<>(stalled)) {
            count(reply, reply.unsent());
            if (reply.comesOn()) {
                putLast(reply);
            }
        }
        while (bytes > maximumBytes && !stalled.isEmpty()) {
            ReplyWatch longest = stalled.iterator().next();
            over(longest);
            longest.close(CloseReason.UNSENT_BYTES);
        }
    }

    private void count(ReplyWatch reply, long now) {
        long more = now - reply.counted;
        bytes += more;
        reply.counted = now;
        limits.unsent(more);
    }

    private void putLast(ReplyWatch reply) {
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
