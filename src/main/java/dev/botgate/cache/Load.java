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
 * @param credential the digest of the credential of the call
 * @param beganAt by the cache's ticker
 * @param base the stored list whose validity is asked for; null to ask for the whole list
 * @param once whether the call is made once, without retries, because a stored list can be given if it fails
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

    /** Whether {@code result} refuses the load's credential, which is not {@code other}. */
    boolean refusesOtherCredential(Result result, String other) {
        return CREDENTIAL_REFUSED.contains(result.reply().status()) && !credential.equals(other);
    }

    /** The result; listeners run on the thread that ends the load. */
    Future<Result> result() {
        return promise.future();
    }

    /** Ends the load; true for the first caller only. A reply that comes later is ignored. */
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
     * @param reply shared by all waiting requests, each of which answers with a copy
     * @param decision which requests it may answer
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
