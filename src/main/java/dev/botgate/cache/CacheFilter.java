package dev.botgate.cache;

import dev.botgate.exchange.Filter;
import dev.botgate.exchange.Identified;
import dev.botgate.exchange.Reply;
import dev.botgate.exchange.Service;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import dev.botgate.operation.Operation;
import dev.botgate.operation.Route;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Answers requests for member lists from the cache where it may, and drops a conversation's lists when a member is
 * removed from it.
 *
 * <p>One instance serves all event loops; each request is answered on the one on which it was asked.
 */
public final class CacheFilter implements Filter<Identified, Identified> {
    private final MemberCache cache;

    public CacheFilter(MemberCache cache) {
        this.cache = cache;
    }

    @Override
    public Future<Reply> apply(Identified request, Service<Identified> next) {
        Operation operation = request.head().route().operation();
        if (operation == Operation.DELETE_CONVERSATION_MEMBER) {
            return removal(request, next);
        }
        return cache.keeps(operation) ? list(request, next) : next.serve(request);
    }

    private Future<Reply> list(Identified request, Service<Identified> next) {
        ReadDecision decision = ReadDecision.of(request);
        Optional<MemberKey> key = decision == ReadDecision.BYPASS ? Optional.empty() : MemberKey.of(request);
        if (key.isEmpty()) {
            cache.bypassed(request.head().route().operation());
            return next.serve(request).map(CacheStatus.BYPASS::on);
        }
        LookUp found = cache.lookUp(key.get(), decision == ReadDecision.RELOAD);
        if (found instanceof LookUp.Led led) {
            return lead(led.load(), request, next);
        }
        if (found instanceof LookUp.Joined joined) {
            return join(joined.load(), request, next);
        }
        return Future.succeededFuture(((LookUp.Hit) found).reply());
    }

    /** Carries out a load; whether its own client still waits makes no difference to the others who do. */
    private Future<Reply> lead(Load load, Identified request, Service<Identified> next) {
        Future<Load.Result> result = onOwnContext(load.result());
        Future.succeededFuture(request.forOthersToo())
                .compose(next::serve)
                .map(reply -> cache.finish(load, reply))
                .onComplete(load::succeed, cause -> {
                    cache.abandon(load);
                    load.fail(cause);
                });
        return result.map(loaded -> loaded.status().on(loaded.ownReply()));
    }

    private Future<Reply> join(Load load, Identified request, Service<Identified> next) {
        return onOwnContext(load.result())
                .compose(
                        loaded -> loaded.decision() == StoreDecision.FORWARD
                                ? next.serve(request).map(CacheStatus.MISS::on)
                                : Future.succeededFuture(CacheStatus.COLLAPSED.on(loaded.ownReply())),
                        cause -> concernsItsClientOnly(cause) ? list(request, next) : Future.failedFuture(cause));
    }

    private static boolean concernsItsClientOnly(Throwable cause) {
        return cause instanceof GatewayException exception && exception.failure() == Failure.CLIENT_GONE;
    }

    /**
     * Drops the lists at once, since who asks from now on may already see the removal, and again when it has happened
     * or may have, since a list that was loaded meanwhile may not show it.
     */
    private Future<Reply> removal(Identified request, Service<Identified> next) {
        drop(request);
        return next.serve(request)
                .compose(
                        reply -> {
                            drop(request);
                            return Future.succeededFuture(reply);
                        },
                        cause -> {
                            if (mayHaveHappened(cause)) {
                                drop(request);
                            }
                            return Future.failedFuture(cause);
                        });
    }

    private static boolean mayHaveHappened(Throwable cause) {
        return !(cause instanceof GatewayException exception)
                || exception.failure().mayHaveHappened();
    }

    private void drop(Identified request) {
        Route route = request.head().route();
        route.conversationId()
                .ifPresent(conversation -> cache.drop(request.head().upstream(), conversation));
    }

    /**
     * {@code future}, but its listeners run on the context of the caller, if that has one; each caller's as a task of
     * their own, so that what one throws does not keep the others from their answer.
     */
    private static <T> Future<T> onOwnContext(Future<T> future) {
        @Nullable Context context = Vertx.currentContext();
        if (context == null) {
            return future;
        }
        Promise<T> promise = Promise.promise();
        future.onComplete(result -> context.runOnContext(ignored -> promise.handle(result)));
        return promise.future();
    }
}
