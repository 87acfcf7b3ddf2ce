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
 * The connectors and the lists whose last load failed, so that requests need not wait to find that out. A failure counts
 * for its list. A connector as a whole is failing when it cannot be reached, or when the lists of {@value #SEVERAL}
 * conversations in a row were answered 502, 503, 504 or not in time. Times are by the cache's ticker. Safe on any thread.
 */
final class LoadFailures {
    private static final int SEVERAL = 3;
    private static final Set<Integer> PERHAPS_OF_THE_CONNECTOR = Set.of(502, 503, 504);
    private static final long REMEMBERED = TimeUnit.MINUTES.toNanos(2);
    private static final long BETWEEN_ATTEMPTS = TimeUnit.SECONDS.toNanos(1);

    private final ConcurrentMap<String, Connector> connectors = new ConcurrentHashMap<>();

    /** Whether {@code reply} means that the connector fails at present. */
    static boolean isFailure(Reply reply) {
        return reply.status() >= 500 || reply.status() == 429;
    }

    static boolean isFailure(Throwable cause) {
        return cause instanceof GatewayException exception
                && (exception.failure().fault() == Failure.Fault.UPSTREAM || exception.failure() == Failure.THROTTLED);
    }

    /** @param list the one that was to be refreshed, if it is stored */
    void answered(ListKey key, @Nullable StoredReply list, Reply reply, long now) {
        if (PERHAPS_OF_THE_CONNECTOR.contains(reply.status())) {
            of(key).failedFor(key.conversationKey(), now);
        } else {
            of(key).succeeded();
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
                case UPSTREAM_UNREACHABLE -> of(key).lastLoad.failed(now);
                case UPSTREAM_TIMEOUT -> of(key).failedFor(key.conversationKey(), now);
                default -> {}
            }
        }
    }

    /** @param list the one for which nobody waits any longer, if it is stored */
    void late(ListKey key, @Nullable StoredReply list, long now) {
        if (list != null) {
            list.lastLoad().failed(now);
        }
        of(key).failedFor(key.conversationKey(), now);
    }

    /** Whether a load of {@code list} is expected to fail. */
    boolean known(ListKey key, StoredReply list, long now) {
        return list.lastLoad().known(now) || of(key).lastLoad.known(now);
    }

    /** Whether it is to be tried nevertheless: now and then, to find out. */
    boolean mayTry(ListKey key, StoredReply list, long now) {
        return list.lastLoad().mayTry(now) && of(key).lastLoad.mayTry(now);
    }

    private Connector of(ListKey key) {
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

        private boolean known(long now) {
            return failed && now - failedAt < REMEMBERED;
        }

        /** Whether the caller may try now; after a failure true for one caller at a time. */
        private boolean mayTry(long now) {
            long last = triedAt.get();
            return !known(now) || (now - last >= BETWEEN_ATTEMPTS && triedAt.compareAndSet(last, now));
        }
    }

    private static final class Connector {
        private final LastLoad lastLoad = new LastLoad();

        /** The conversations whose lists failed since it last answered; {@link #SEVERAL} at most. */
        private final Set<ListKey.Conversation> failing = ConcurrentHashMap.newKeySet();

        void failedFor(ListKey.Conversation conversation, long now) {
            if (failing.size() < SEVERAL) {
                failing.add(conversation);
            }
            if (failing.size() >= SEVERAL || lastLoad.known(now)) {
                lastLoad.failed(now);
            }
        }

        void succeeded() {
            failing.clear();
            lastLoad.failed = false;
        }
    }
}
