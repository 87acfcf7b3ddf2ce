package dev.botgate.cache;

import dev.botgate.exchange.Reply;
import dev.botgate.failure.Failure;
import dev.botgate.failure.Fault;
import dev.botgate.failure.GatewayException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * Which upstreams, and which lists, could lately not be loaded. What fails tells of its list first. An upstream is in
 * trouble as a whole when it cannot be reached, or when the lists of {@value #SEVERAL} conversations in a row were answered
 * 502, 503, 504 or not in time.
 */
final class LoadFailures {
    private static final int SEVERAL = 3;
    private static final Set<Integer> PERHAPS_OF_THE_UPSTREAM = Set.of(502, 503, 504);

    private final ConcurrentMap<String, Upstream> upstreams = new ConcurrentHashMap<>();

    /** Whether {@code reply} means that the upstream cannot tell at present. */
    static boolean is(Reply reply) {
        return reply.status() >= 500 || reply.status() == 429;
    }

    static boolean is(Throwable cause) {
        return cause instanceof GatewayException exception
                && (exception.failure().fault() == Fault.UPSTREAM || exception.failure() == Failure.THROTTLED);
    }

    /** @param list the one that was to be loaded anew, if any is kept */
    void answered(ListKey key, @Nullable StoredReply list, Reply reply, long now) {
        if (PERHAPS_OF_THE_UPSTREAM.contains(reply.status())) {
            of(key.upstream()).failedFor(key.dropUnit(), now);
        } else {
            of(key.upstream()).over();
        }
        if (list != null && is(reply)) {
            list.trouble().failed(now);
        }
    }

    void failed(ListKey key, @Nullable StoredReply list, Throwable cause, long now) {
        if (!is(cause)) {
            return;
        }
        if (list != null) {
            list.trouble().failed(now);
        }
        if (!(cause instanceof GatewayException exception)) {
            return;
        }
        switch (exception.failure()) {
            case UPSTREAM_UNREACHABLE -> of(key.upstream()).failed(now);
            case UPSTREAM_TIMEOUT -> of(key.upstream()).failedFor(key.dropUnit(), now);
            default -> {}
        }
    }

    /** @param list the one for which nobody waits any longer, if it is kept still */
    void late(ListKey key, @Nullable StoredReply list, long now) {
        if (list != null) {
            list.trouble().failed(now);
        }
        of(key.upstream()).failedFor(key.dropUnit(), now);
    }

    /** Whether loading {@code list} anew is known to fail. */
    boolean known(ListKey key, StoredReply list, long now) {
        return list.trouble().known(now) || of(key.upstream()).trouble.known(now);
    }

    /** Whether it should be tried nevertheless: now and then, to find out. */
    boolean worthATry(ListKey key, StoredReply list, long now) {
        LoadFailure upstream = of(key.upstream()).trouble;
        return (!list.trouble().known(now) || list.trouble().worthATry(now))
                && (!upstream.known(now) || upstream.worthATry(now));
    }

    private Upstream of(String upstream) {
        return upstreams.computeIfAbsent(upstream, name -> new Upstream());
    }

    /** What was lately heard of one. */
    private static final class Upstream {
        private final LoadFailure trouble = new LoadFailure();

        /** Of which conversations the lists failed since it last told any; {@link #SEVERAL} at most. */
        private final Set<ConversationKey> failing = ConcurrentHashMap.newKeySet();

        void failed(long now) {
            trouble.failed(now);
        }

        void failedFor(ConversationKey conversation, long now) {
            if (failing.size() < SEVERAL) {
                failing.add(conversation);
            }
            if (failing.size() >= SEVERAL || trouble.known(now)) {
                trouble.failed(now);
            }
        }

        void over() {
            failing.clear();
            trouble.over();
        }
    }
}
