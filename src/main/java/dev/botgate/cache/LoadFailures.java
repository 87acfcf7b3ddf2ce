package dev.botgate.cache;

import dev.botgate.exchange.Reply;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The connectors and the lists whose last load failed, so that later requests do not wait for another failure. A failure
 * counts for its list. A connector as a whole is failing when it cannot be reached, or when the lists of {@value
 * #MIN_CONVERSATIONS} conversations in a row were answered 502, 503, 504 or not in time. Times are by the cache's
 * ticker. Safe on any thread.
 */
final class LoadFailures {
    private static final int MIN_CONVERSATIONS = 3;
    private static final Set<Integer> POSSIBLE_OUTAGE = Set.of(502, 503, 504);
    private static final long REMEMBER_NANOS = TimeUnit.MINUTES.toNanos(2);
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final ConcurrentMap<String, Connector> connectors = new ConcurrentHashMap<>();

    /** Whether {@code reply} means that the connector fails at present. */
    static boolean isFailure(Reply reply) {
        return reply.status() >= 500 || reply.status() == 429;
    }

    static boolean isFailure(Throwable cause) {
        return cause instanceof GatewayException exception
                && (exception.failure().fault() == Failure.Fault.UPSTREAM || exception.failure() == Failure.THROTTLED);
    }

    /** @param list the stored list that the load was to refresh, if any */
    void answered(ListKey key, @Nullable StoredReply list, Reply reply, long now) {
        if (POSSIBLE_OUTAGE.contains(reply.status())) {
            connector(key).failedFor(key.conversationKey(), now);
        } else {
            connector(key).succeeded();
        }
        if (list != null && isFailure(reply)) {
            list.lastLoad().failed(now);
        }
    }

    void failed(ListKey key, @Nullable StoredReply list, Throwable cause, long now) {
        if (!isFailure(cause)) {
            return;
        }
        if (list != null) {
            list.lastLoad().failed(now);
        }
        if (cause instanceof GatewayException exception) {
            switch (exception.failure()) {
                case UPSTREAM_UNREACHABLE -> connector(key).lastLoad.failed(now);
                case UPSTREAM_TIMEOUT -> connector(key).failedFor(key.conversationKey(), now);
                default -> {}
            }
        }
    }

    /** @param list the stored list that the late load was to refresh, if any */
    void late(ListKey key, @Nullable StoredReply list, long now) {
        if (list != null) {
            list.lastLoad().failed(now);
        }
        connector(key).failedFor(key.conversationKey(), now);
    }

    /** Whether a load of {@code list} is expected to fail. */
    boolean isExpected(ListKey key, StoredReply list, long now) {
        return list.lastLoad().failedRecently(now) || connector(key).lastLoad.failedRecently(now);
    }

    /** Whether a list is loaded although failure is expected: once a second, to notice when loads succeed again. */
    boolean mayLoad(ListKey key, StoredReply list, long now) {
        return list.lastLoad().mayLoad(now) && connector(key).lastLoad.mayLoad(now);
    }

    private Connector connector(ListKey key) {
        return connectors.computeIfAbsent(key.upstream(), name -> new Connector());
    }

    /** Whether the last load of something failed. */
    static final class LastLoad {
        private final AtomicLong triedAt = new AtomicLong();
        private volatile long failedAt;
        private volatile boolean failed;

        void failed(long now) {
            triedAt.set(now);
            failedAt = now;
            failed = true;
        }

        private boolean failedRecently(long now) {
            return failed && now - failedAt < REMEMBER_NANOS;
        }

        /** Whether the caller may load now; after a failure true for one caller a second. */
        private boolean mayLoad(long now) {
            long last = triedAt.get();
            return !failedRecently(now) || (now - last >= RETRY_NANOS && triedAt.compareAndSet(last, now));
        }
    }

    private static final class Connector {
        private final LastLoad lastLoad = new LastLoad();

        /** The conversations whose lists failed since the last success; at most {@link #MIN_CONVERSATIONS}. */
        private final Set<ListKey.Conversation> failing = ConcurrentHashMap.newKeySet();

        void failedFor(ListKey.Conversation conversation, long now) {
            if (failing.size() < MIN_CONVERSATIONS) {
                failing.add(conversation);
            }
            if (failing.size() >= MIN_CONVERSATIONS || lastLoad.failedRecently(now)) {
                lastLoad.failed(now);
            }
        }

        void succeeded() {
            failing.clear();
            lastLoad.failed = false;
        }
    }
}
