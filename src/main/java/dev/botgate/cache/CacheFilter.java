package dev.botgate.cache;

import dev.botgate.exchange.Filter;
import dev.botgate.exchange.HeaderNames;
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
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers requests for member lists from the cache, or loads the lists into it.
 *
 * <p>One instance serves all event loops; each request is answered on its own.
 */
public final class CacheFilter implements Filter<Identified, Identified> {
    private static final Logger LOG = LoggerFactory.getLogger(CacheFilter.class);

    /**
     * Request headers that ask for something other than the whole list: RFC 9110 sections 13.1 and 14. {@code
     * If-None-Match} is answered here, and overrules {@code If-Modified-Since}.
     */
    private static final List<CharSequence> SELECTIVE =
            List.of(HeaderNames.RANGE, HeaderNames.IF_RANGE, HeaderNames.IF_MATCH, HeaderNames.IF_UNMODIFIED_SINCE);

    private final MemberCache cache;
    private final Timers timers;
    private final InstantSource clock;

    /** Runs tasks later. */
    @FunctionalInterface
    public interface Timers {
        /** Runs {@code task} in {@code delay}, on the caller's event loop. @return cancels it */
        Runnable in(Duration delay, Runnable task);

        static Timers of(Vertx vertx) {
            return (delay, task) -> {
                long timer = vertx.setTimer(Math.max(1, delay.toMillis()), id -> task.run());
                return () -> {
                    var unused = vertx.cancelTimer(timer);
                };
            };
        }
    }

    /** @param clock by which tokens expire */
    public CacheFilter(MemberCache cache, Timers timers, InstantSource clock) {
        this.cache = cache;
        this.timers = timers;
        this.clock = clock;
    }

    @Override
    public Future<Reply> apply(Identified request, Service<Identified> next) {
        Operation operation = request.head().route().operation();
        if (!cache.stores(operation)) {
            return next.serve(request);
        }
        Optional<ListKey> key = ListKey.of(request);
        // Only the connector can say that an expired token is refused.
        if (key.isEmpty() || request.caller().claimsToHaveExpired(clock.millis()) || bypasses(request)) {
            cache.bypassed(operation);
            return next.serve(request).map(reply -> {
                key.ifPresent(known -> cache.dropIfRefused(known, reply));
                return CacheStatus.BYPASS.addTo(reply);
            });
        }
        return new ListRequest(request, key.get(), next).answer();
    }

    private static boolean bypasses(Identified request) {
        MultiMap headers = request.head().headers();
        String method = request.head().method();
        boolean plain = (method.equals("GET") || method.equals("HEAD"))
                && request.body().length() == 0
                && headers.getAll(HeaderNames.AUTHORIZATION).size() <= 1;
        boolean selective = SELECTIVE.stream().anyMatch(headers::contains)
                || (headers.contains(HeaderNames.IF_MODIFIED_SINCE) && !headers.contains(HeaderNames.IF_NONE_MATCH));
        return !plain || selective || CacheControl.of(headers).has("no-store");
    }

    /** One request for a list. */
    private final class ListRequest {
        private final Identified request;
        private final ListKey key;
        private final RequestDirectives directives;
        private final Service<Identified> next;

        ListRequest(Identified request, ListKey key, Service<Identified> next) {
            this.request = request;
            this.key = key;
            this.directives = RequestDirectives.of(request.head());
            this.next = next;
        }

        Future<Reply> answer() {
            boolean head = request.head().method().equals("HEAD");
            Lookup.Result found = cache.lookUp(key, credential(), directives, !head);
            if (found instanceof Lookup.Lead lead) {
                return lead(lead);
            }
            if (found instanceof Lookup.Join join) {
                return join(join);
            }
            if (found instanceof Lookup.Hit hit) {
                if (hit.refresh() != null) {
                    refresh(hit.refresh());
                }
                return Future.succeededFuture(selected(hit.reply()));
            }
            return head && !directives.onlyIfCached()
                    ? forwardUnshared(CacheStatus.forwarded(CacheStatus.Why.MISS))
                    : Future.failedFuture(notCached());
        }

        private static GatewayException notCached() {
            return new GatewayException(
                            Failure.NOT_CACHED, "Cache-Control: only-if-cached (expected: a list that is cached)")
                    .with(Map.of(CacheStatus.HEADER, CacheStatus.NOT_CACHED.value()));
        }

        private String credential() {
            return request.caller().credentialDigest();
        }

        /** Sends the request unchanged; its reply is neither stored nor shared. */
        private Future<Reply> forwardUnshared(CacheStatus status) {
            return next.serve(request)
                    .compose(
                            reply -> {
                                cache.dropIfRefused(key, reply);
                                return staleFor(reply).orElseGet(() -> Future.succeededFuture(status.addTo(reply)));
                            },
                            this::staleFor);
        }

        private Future<Reply> lead(Lookup.Lead lead) {
            Load load = lead.load();
            Future<Load.Result> result = onCallersContext(load.result());
            execute(load);
            Future<Reply> answer = result.compose(
                    loaded -> staleFor(loaded.reply()).orElseGet(() -> answer(loaded.status(), loaded)),
                    this::staleFor);
            return lead.fallback() ? orStaleIfLate(load, answer) : answer;
        }

        private Future<Reply> join(Lookup.Join join) {
            Load load = join.load();
            CacheStatus status = CacheStatus.forwarded(join.why());
            boolean mayLoadAgain = load.once() && !join.fallback();
            Future<Reply> answer = onCallersContext(load.result())
                    .compose(
                            loaded -> mayLoadAgain && LoadFailures.isFailure(loaded.reply())
                                    ? answer()
                                    : joined(load, loaded, status),
                            cause -> isClientDisconnected(cause) || (mayLoadAgain && LoadFailures.isFailure(cause))
                                    ? answer()
                                    : staleFor(cause));
            return join.fallback() ? orStaleIfLate(load, answer) : answer;
        }

        private Future<Reply> joined(Load load, Load.Result loaded, CacheStatus status) {
            if (load.refusesOtherCredential(loaded, credential())) {
                return answer();
            }
            return loaded.decision() == StoreDecision.FORWARD
                    ? forwardUnshared(status)
                    : staleFor(loaded.reply()).orElseGet(() -> answer(status.collapsed(), loaded));
        }

        private Future<Reply> answer(CacheStatus status, Load.Result loaded) {
            return Future.succeededFuture(selected(status.addTo(loaded.ownReply())));
        }

        /** {@code answer}, or the stored list if {@code answer} takes longer than the load patience. The load goes on. */
        private Future<Reply> orStaleIfLate(Load load, Future<Reply> answer) {
            if (answer.isComplete() || cache.loadPatience().isZero()) {
                return answer;
            }
            Promise<Reply> first = Promise.promise();
            Runnable cancel = timers.in(cache.loadPatience(), () -> {
                cache.late(load);
                cache.staleOnError(key, directives, stale()).ifPresent(list -> first.tryComplete(selected(list)));
            });
            answer.onComplete(
                    reply -> {
                        cancel.run();
                        if (!first.tryComplete(reply) && reply.body() instanceof ReplyBody.Streamed unwanted) {
                            unwanted.abandon().run();
                        }
                    },
                    cause -> {
                        cancel.run();
                        first.tryFail(cause);
                    });
            return first.future();
        }

        /** A stored list instead of {@code reply}, if {@code reply} means that the connector fails. */
        private Optional<Future<Reply>> staleFor(Reply reply) {
            return Optional.of(reply)
                    .filter(LoadFailures::isFailure)
                    .flatMap(failed -> cache.staleOnError(key, directives, stale().upstream(failed.status())))
                    .map(list -> Future.succeededFuture(selected(list)));
        }

        private Future<Reply> staleFor(Throwable cause) {
            if (!LoadFailures.isFailure(cause)) {
                return Future.failedFuture(cause);
            }
            return cache.staleOnError(key, directives, stale())
                    .map(list -> Future.succeededFuture(selected(list)))
                    .orElseGet(() -> Future.failedFuture(cause));
        }

        /** Sends the upstream call of a load. It goes on if its own client disconnects. */
        private void execute(Load load) {
            Runnable cancel = timers.in(cache.loadDeadline(), () -> {
                GatewayException late = new GatewayException(
                        Failure.UPSTREAM_TIMEOUT,
                        "The list was not loaded within " + cache.loadDeadline().toMillis() + " ms");
                if (cache.fail(load, late)) {
                    load.fail(late);
                }
            });
            Future.succeededFuture(upstream(load))
                    .compose(next::serve)
                    .map(reply -> cache.complete(load, reply))
                    .onComplete(
                            loaded -> {
                                cancel.run();
                                loaded.ifPresent(load::succeed);
                            },
                            cause -> {
                                cancel.run();
                                cache.abandon(load, cause);
                                load.fail(cause);
                            });
        }

        private void refresh(Load load) {
            execute(load);
            load.result().onFailure(cause -> LOG.atDebug()
                    .addKeyValue("requestId", request.head().requestId())
                    .addKeyValue("upstream", key.upstream())
                    .addKeyValue("cause", cause.toString())
                    .log("A stale member list could not be refreshed"));
        }

        /** The request for the whole list, conditional if a stored list can be validated. */
        private Identified upstream(Load load) {
            RequestHead head = request.head();
            Map<String, String> validators =
                    load.base() == null ? Map.of() : load.base().validators();
            RequestHead whole =
                    head.withMethod("GET").withHeaders(ConditionalReply.headers(head.headers(), validators));
            return new Identified(whole, request.caller(), request.body()).shared(load.once());
        }

        private Reply selected(Reply reply) {
            return ConditionalReply.of(request.head(), reply);
        }

        private static CacheStatus stale() {
            return CacheStatus.forwarded(CacheStatus.Why.STALE);
        }
    }

    private static boolean isClientDisconnected(Throwable cause) {
        return cause instanceof GatewayException exception && exception.failure() == Failure.CLIENT_GONE;
    }

    /**
     * {@code future} with its listeners on the caller's context, if it has one. Each runs as a task of its own, so that an
     * exception in one does not affect the others.
     */
    private static <T> Future<T> onCallersContext(Future<T> future) {
        @Nullable Context context = Vertx.currentContext();
        if (context == null) {
            return future;
        }
        Promise<T> promise = Promise.promise();
        future.onComplete(result -> context.runOnContext(ignored -> promise.handle(result)));
        return promise.future();
    }
}
