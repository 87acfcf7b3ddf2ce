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
 * Which upstreams, and which lists, could lately not be loaded. An upstream that cannot be reached, or says so for the
 * service behind it, is in trouble as a whole; 429 and other 5xx tell of one list.
 */
final class Troubles {
    private static final Set<Integer> OF_THE_UPSTREAM = Set.of(502, 503, 504);

    private final ConcurrentMap<String, Trouble> upstreams = new ConcurrentHashMap<>();

    /** Whether {@code reply} means that the upstream cannot tell at present. */
    static boolean is(Reply reply) {
        return reply.status() >= 500 || reply.status() == 429;
    }

    static boolean is(Throwable cause) {
        return cause instanceof GatewayException exception
                && (exception.failure().fault() == Fault.UPSTREAM || exception.failure() == Failure.THROTTLED);
    }

    /** @param list the one that was to be loaded anew, if any is kept */
    void answered(MemberKey key, @Nullable StoredReply list, Reply reply, long now) {
        if (OF_THE_UPSTREAM.contains(reply.status())) {
            of(key.upstream()).failed(now);
        } else {
            of(key.upstream()).over();
        }
        if (list != null && is(reply)) {
            list.trouble().failed(now);
        }
    }

    void failed(MemberKey key, @Nullable StoredReply list, Throwable cause, long now) {
        if (!is(cause)) {
            return;
        }
        if (list != null) {
            list.trouble().failed(now);
        }
        if (cause instanceof GatewayException exception && exception.failure() != Failure.THROTTLED) {
            of(key.upstream()).failed(now);
        }
    }

    /** Whether loading {@code list} anew is known to fail. */
    boolean known(MemberKey key, StoredReply list, long now) {
        return list.trouble().known(now) || of(key.upstream()).known(now);
    }

    /** Whether it should be tried nevertheless: now and then, to find out. */
    boolean worthATry(MemberKey key, StoredReply list, long now) {
        Trouble upstream = of(key.upstream());
        return (!list.trouble().known(now) || list.trouble().worthATry(now))
                && (!upstream.known(now) || upstream.worthATry(now));
    }

    private Trouble of(String upstream) {
        return upstreams.computeIfAbsent(upstream, name -> new Trouble());
    }
}
