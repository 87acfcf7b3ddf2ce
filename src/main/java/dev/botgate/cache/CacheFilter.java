package dev.botgate.cache;

import dev.botgate.exchange.Filter;
import dev.botgate.exchange.Identified;
import dev.botgate.exchange.Reply;
import dev.botgate.exchange.ReplyBody;
import dev.botgate.exchange.RequestHead;
import dev.botgate.exchange.Service;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import dev.botgate.operation.Operation;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers requests for member lists from the cache where it may.
 *
 * <p>One instance serves all event loops; each request is answered on the one on which it was asked.
 */
public final class CacheFilter implements Filter<Identified, Identified> {
    private static final Logger LOG = LoggerFactory.getLogger(CacheFilter.class);

    private final MemberCache cache;
    private final Timers timers;
    private final InstantSource clock;

    /** @param clock by which tokens expire */
    public CacheFilter(MemberCache cache, Timers timers, InstantSource clock) {
        this.cache = cache;
        this.timers = timers;
        this.clock = clock;
    }

    @Override
    public Future<Reply> apply(Identified request, Service<Identified> next) {
        Operation operation = request.head().route().operation();
        if (!cache.keeps(operation)) {
            return next.serve(request);
        }
        Optional<ListKey> key = ListKey.of(request);
        // Of a token that has expired only the connector can say that it lets nobody in.
        if (key.isEmpty()
                || request.caller().claimsToHaveExpired(clock.millis())
                || ReadDecision.of(request) == ReadDecision.BYPASS) {
            return bypass(request, key, next);
        }
        return new Asking(request, key.get(), next).list();
    }

    private Future<Reply> bypass(Identified request, Optional<ListKey> key, Service<Identified> next) {
        cache.bypassed(request.head().route().operation());
        return next.serve(request).map(reply -> {
            key.ifPresent(known -> cache.overheard(known, reply));
            return CacheStatus.BYPASS.on(reply);
        });
    }

    /** One request for a list. */
    private final class Asking {
        private final Identified request;
        private final ListKey key;
        private final RequestDirectives wishes;
        private final Service<Identified> next;

        Asking(Identified request, ListKey key, Service<Identified> next) {
            this.request = request;
            this.key = key;
            this.wishes = RequestDirectives.of(request.head());
            this.next = next;
        }

        Future<Reply> list() {
            boolean head = request.head().method().equals("HEAD");
            LookupResult found = cache.lookUp(key, credential(), wishes, !head);
            if (found instanceof LookupResult.Led led) {
                return lead(led);
            }
            if (found instanceof LookupResult.Joined joined) {
                return join(joined);
            }
            if (found instanceof LookupResult.Hit hit) {
                if (hit.refresh() != null) {
                    refresh(hit.refresh());
                }
                return Future.succeededFuture(selected(hit.reply()));
            }
            return head && !wishes.onlyIfCached()
                    ? alone(CacheStatus.forwarded(CacheStatus.Why.MISS))
                    : Future.failedFuture(notCached());
        }

        private static GatewayException notCached() {
            return new GatewayException(
                            Failure.NOT_CACHED, "Cache-Control: only-if-cached (expected: a list that is kept)")
                    .with(Map.of(CacheStatus.HEADER, CacheStatus.NOT_CACHED.value()));
        }

        private String credential() {
            return request.caller().credentialDigest();
        }

        /** The request goes on as such, and brings nothing that could be kept, such as a HEAD. */
        private Future<Reply> alone(CacheStatus status) {
            return next.serve(request)
                    .compose(
                            reply -> {
                                cache.overheard(key, reply);
                                return inTrouble(reply).orElseGet(() -> Future.succeededFuture(status.on(reply)));
                            },
                            this::inTrouble);
        }

        private Future<Reply> lead(LookupResult.Led led) {
            Load load = led.load();
            Future<Load.Result> result = onOwnContext(load.result());
            carryOut(load);
            Future<Reply> answer = result.compose(
                    loaded -> inTrouble(loaded.reply()).orElseGet(() -> answer(loaded.status(), loaded)),
                    cause -> inTrouble(cause));
            return led.spare() ? orSpare(load, answer) : answer;
        }

        private Future<Reply> join(LookupResult.Joined joined) {
            Load load = joined.load();
            CacheStatus status = CacheStatus.forwarded(joined.why());
            boolean again = load.once() && !joined.spare();
            Future<Reply> answer = onOwnContext(load.result())
                    .compose(
                            loaded -> again && LoadFailures.is(loaded.reply()) ? list() : joined(load, loaded, status),
                            cause -> concernsItsClientOnly(cause) || (again && LoadFailures.is(cause))
                                    ? list()
                                    : inTrouble(cause));
            return joined.spare() ? orSpare(load, answer) : answer;
        }

        /** The answer; but the kept list where that takes too long. The load goes on. */
        private Future<Reply> orSpare(Load load, Future<Reply> answer) {
            if (answer.isComplete() || cache.loadPatience().isZero()) {
                return answer;
            }
            Promise<Reply> first = Promise.promise();
            Runnable inTime = timers.in(cache.loadPatience(), () -> {
                cache.late(load);
                cache.inTrouble(key, wishes, stale()).ifPresent(kept -> first.tryComplete(selected(kept)));
            });
            answer.onComplete(
                    reply -> {
                        inTime.run();
                        if (!first.tryComplete(reply) && reply.body() instanceof ReplyBody.Streamed unwanted) {
                            unwanted.abandon().run();
                        }
                    },
                    cause -> {
                        inTime.run();
                        first.tryFail(cause);
                    });
            return first.future();
        }

        private Future<Reply> joined(Load load, Load.Result loaded, CacheStatus status) {
            if (load.refusesAnother(loaded, credential())) {
                return list();
            }
            return loaded.decision() == StoreDecision.FORWARD
                    ? alone(status)
                    : inTrouble(loaded.reply()).orElseGet(() -> answer(status.collapsed(), loaded));
        }

        private Future<Reply> answer(CacheStatus status, Load.Result loaded) {
            return Future.succeededFuture(selected(status.on(loaded.ownReply())));
        }

        /** A kept list in the place of a reply that says that the upstream cannot tell at present. */
        private Optional<Future<Reply>> inTrouble(Reply brought) {
            return Optional.of(brought)
                    .filter(LoadFailures::is)
                    .flatMap(reply -> cache.inTrouble(key, wishes, stale().upstream(reply.status())))
                    .map(kept -> Future.succeededFuture(selected(kept)));
        }

        private Future<Reply> inTrouble(Throwable cause) {
            if (!LoadFailures.is(cause)) {
                return Future.failedFuture(cause);
            }
            return cache.inTrouble(key, wishes, stale())
                    .map(kept -> Future.succeededFuture(selected(kept)))
                    .orElseGet(() -> Future.failedFuture(cause));
        }

        /** Carries out a load; whether its own client still waits makes no difference to the others who do. */
        private void carryOut(Load load) {
            Runnable inTime = timers.in(cache.loadDeadline(), () -> {
                GatewayException late = new GatewayException(
                        Failure.UPSTREAM_TIMEOUT,
                        "The list was not loaded within " + cache.loadDeadline().toMillis() + " ms");
                if (cache.abandon(load, late)) {
                    load.fail(late);
                }
            });
            Future.succeededFuture(upstream(load))
                    .compose(next::serve)
                    .map(reply -> cache.finish(load, reply))
                    .onComplete(
                            loaded -> {
                                inTime.run();
                                loaded.ifPresent(load::succeed);
                            },
                            cause -> {
                                inTime.run();
                                cache.failed(load, cause);
                                load.fail(cause);
                            });
        }

        private void refresh(Load load) {
            carryOut(load);
            load.result().onFailure(cause -> LOG.atDebug()
                    .addKeyValue("requestId", request.head().requestId())
                    .addKeyValue("upstream", key.upstream())
                    .addKeyValue("cause", cause.toString())
                    .log("A stale member list could not be loaded anew"));
        }

        /** The request for the whole list, or for whether it has changed. */
        private Identified upstream(Load load) {
            RequestHead head = request.head();
            StoredReply base = load.base();
            RequestHead whole = head.withMethod("GET")
                    .withHeaders(ConditionalReply.headers(head.headers(), base == null ? Map.of() : base.validators()));
            return new Identified(whole, request.caller(), request.body()).forOthersToo(load.once());
        }

        private Reply selected(Reply reply) {
            return ConditionalReply.of(request.head(), reply);
        }

        private static CacheStatus stale() {
            return CacheStatus.forwarded(CacheStatus.Why.STALE);
        }
    }

    private static boolean concernsItsClientOnly(Throwable cause) {
        return cause instanceof GatewayException exception && exception.failure() == Failure.CLIENT_GONE;
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
