package dev.botgate.cache;

import dev.botgate.exchange.Reply;
import dev.botgate.exchange.ReplyBody;
import io.vertx.core.Future;
import io.vertx.core.Promise;

/** One upstream call for a list, and who waits for it. */
final class Load {
    private final MemberKey key;
    private final Generation generation;
    private final long beganAt;
    private final boolean replacesFresh;
    private final Promise<Result> result = Promise.promise();

    /**
     * A load that begins.
     *
     * @param beganAt by the cache's ticker
     * @param replacesFresh whether a kept list could have answered instead
     */
    Load(MemberKey key, Generation generation, long beganAt, boolean replacesFresh) {
        this.key = key;
        this.generation = generation;
        this.beganAt = beganAt;
        this.replacesFresh = replacesFresh;
    }

    MemberKey key() {
        return key;
    }

    Generation generation() {
        return generation;
    }

    long beganAt() {
        return beganAt;
    }

    /** How it ended; listeners run on the thread that ended it. */
    Future<Result> result() {
        return result.future();
    }

    Result result(Reply reply, StoreDecision decision, boolean stored) {
        return new Result(reply, decision, CacheStatus.forwarded(replacesFresh, stored));
    }

    void succeed(Result brought) {
        result.complete(brought);
    }

    void fail(Throwable cause) {
        result.fail(cause);
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
