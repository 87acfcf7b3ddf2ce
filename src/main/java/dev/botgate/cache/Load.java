package dev.botgate.cache;

import dev.botgate.exchange.Reply;
import dev.botgate.exchange.ReplyBody;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One upstream call for a list, shared by all requests that wait for it.
 *
 * @param credential the digest of the credential that the call shows
 * @param beganAt by the cache's ticker
 * @param base the stored list whose validity is asked for; null to ask for the whole list
 * @param once whether the call is not retried, since there is a list to give if it fails
 */
record Load(
        ListKey key,
        String credential,
        ListStore.Generation generation,
        long beganAt,
        CacheStatus.Why why,
        @Nullable StoredReply base,
        boolean once,
        AtomicBoolean ended,
        Promise<Result> promise) {
    private static final Set<Integer> CREDENTIAL_REFUSED = Set.of(401, 403);

    static Load begin(
            ListKey key,
            String credential,
            ListStore.Generation generation,
            long beganAt,
            CacheStatus.Why why,
            @Nullable StoredReply base,
            boolean once) {
        return new Load(key, credential, generation, beganAt, why, base, once, new AtomicBoolean(), Promise.promise());
    }

    /** Whether {@code result} refuses the load's credential, so that a request with {@code other} may get another reply. */
    boolean refusesAnother(Result result, String other) {
        return CREDENTIAL_REFUSED.contains(result.reply().status()) && !credential.equals(other);
    }

    /** How it ended; listeners run on the thread that ended it. */
    Future<Result> result() {
        return promise.future();
    }

    /** Ends it; true for the first caller. Whatever its call brings later is ignored. */
    boolean end() {
        return ended.compareAndSet(false, true);
    }

    void succeed(Result result) {
        promise.tryComplete(result);
    }

    void fail(Throwable cause) {
        promise.tryFail(cause);
    }

    /**
     * What the connector replied.
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
