package dev.botgate.cache;

import dev.botgate.exchange.Reply;
import dev.botgate.exchange.ReplyBody;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** One upstream call for a list, and who waits for it. */
final class Load {
    private static final Set<Integer> CREDENTIAL_REFUSED = Set.of(401, 403);

    private final ListKey key;
    private final String credential;
    private final Generation generation;
    private final long beganAt;
    private final CacheStatus.Why why;
    private final @Nullable StoredReply base;
    private final boolean once;
    private final AtomicBoolean ended = new AtomicBoolean();
    private final Promise<Result> result = Promise.promise();

    /**
     * A load that begins.
     *
     * @param credential the digest of what the one shows who carries it out
     * @param beganAt by the cache's ticker
     * @param base the kept list whose validity is asked for; null where the whole list is
     * @param once whether the upstream is asked once only, since there is a list to give if it fails
     */
    Load(
            ListKey key,
            String credential,
            Generation generation,
            long beganAt,
            CacheStatus.Why why,
            @Nullable StoredReply base,
            boolean once) {
        this.key = key;
        this.credential = credential;
        this.generation = generation;
        this.beganAt = beganAt;
        this.why = why;
        this.base = base;
        this.once = once;
    }

    ListKey key() {
        return key;
    }

    /** Whether {@code brought} tells of the credential by which it was asked for, and {@code other} may fare better. */
    boolean refusesAnother(Result brought, String other) {
        return CREDENTIAL_REFUSED.contains(brought.reply().status()) && !credential.equals(other);
    }

    Generation generation() {
        return generation;
    }

    long beganAt() {
        return beganAt;
    }

    CacheStatus.Why why() {
        return why;
    }

    @Nullable
    StoredReply base() {
        return base;
    }

    boolean once() {
        return once;
    }

    /** How it ended; listeners run on the thread that ended it. */
    Future<Result> result() {
        return result.future();
    }

    /** Ends it; true for the first who does: what its call brings later is nobody's. */
    boolean end() {
        return ended.compareAndSet(false, true);
    }

    void succeed(Result brought) {
        result.tryComplete(brought);
    }

    void fail(Throwable cause) {
        result.tryFail(cause);
    }

    /**
     * What the upstream answered.
     *
     * @param reply shared by all who wait, each of whom answers with a copy
     * @param decision whom it may answer
     * @param status the status for the request that went upstream
     */
    record Result(Reply reply, StoreDecision decision, CacheStatus status) {
        /** The reply with a body that one receiver may read without regard to the others. */
        Reply ownReply() {
            return reply.body() instanceof ReplyBody.Whole whole
                    ? reply.withBody(new ReplyBody.Whole(whole.bytes().slice()))
                    : reply;
        }
    }
}
