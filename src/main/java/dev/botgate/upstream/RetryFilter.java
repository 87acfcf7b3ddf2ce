package dev.botgate.upstream;

import dev.botgate.exchange.Call;
import dev.botgate.exchange.EndedAttempt;
import dev.botgate.exchange.Filter;
import dev.botgate.exchange.Headers;
import dev.botgate.exchange.Reply;
import dev.botgate.exchange.ReplyBody;
import dev.botgate.exchange.Service;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import dev.botgate.operation.Operation;
import dev.botgate.upstream.RetryDecision.Obstacle;
import dev.botgate.upstream.RetryDecision.RetryReason;
import dev.botgate.upstream.RetrySettings.RetryRules;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter.MeterProvider;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Retries a call if that may help and cannot do harm. The result is that of the last attempt; if nothing of the last
 * attempt was sent, that of the first attempt that may have had an effect. It carries all attempts, if there were
 * several.
 *
 * <p>Reads are not retried once the client has disconnected; mutations are. Runs on the request's event loop; an
 * instance may serve several.
 */
public final class RetryFilter implements Filter<Call, Call> {
    private static final Logger LOG = LoggerFactory.getLogger(RetryFilter.class);

    private final Map<Operation, RetryRules> rules;
    private final RetryBudgets budgets;
    private final Function<Duration, Future<Void>> pauses;
    private final InstantSource clock;
    private final LongSupplier nanoTime;
    private final DoubleSupplier random;
    private final MeterProvider<Counter> retries;
    private final MeterProvider<Counter> givenUp;

    /**
     * @param pauses returns a future that succeeds after the given time, on the caller's context
     * @param nanoTime measures time passed, such as {@code System::nanoTime}
     * @param random evenly distributed from 0 to below 1
     */
    public RetryFilter(
            RetrySettings settings,
            RetryBudgets budgets,
            Function<Duration, Future<Void>> pauses,
            InstantSource clock,
            LongSupplier nanoTime,
            DoubleSupplier random,
            MeterRegistry registry) {
        this.rules = Arrays.stream(Operation.values())
                .collect(Collectors.toMap(
                        operation -> operation,
                        settings::of,
                        (one, other) -> other,
                        () -> new EnumMap<>(Operation.class)));
        this.budgets = budgets;
        this.pauses = pauses;
        this.clock = clock;
        this.nanoTime = nanoTime;
        this.random = random;
        this.retries = Counter.builder("botgate.upstream.retries")
                .description("Attempts after the first, by the result of the attempt before")
                .withRegistry(registry);
        this.givenUp = Counter.builder("botgate.upstream.retries.given.up")
                .description("Requests that were not retried although a retry might have helped, by the obstacle")
                .withRegistry(registry);
    }

    @Override
    public Future<Reply> apply(Call call, Service<Call> next) {
        budgets.of(call.head().upstream()).request();
        return new Attempts(next, nanoTime.getAsLong()).attempt(call);
    }

    /** Calls {@code next}; an exception counts as a failed attempt. */
    private static Future<Reply> serve(Call call, Service<Call> next) {
        try {
            return next.serve(call);
        } catch (RuntimeException | StackOverflowError e) {
            return Future.failedFuture(e);
        }
    }

    /** Whether the gateway itself refused to send, which is not an attempt. */
    private static boolean refusedByGateway(Future<Reply> result) {
        return result.cause() instanceof GatewayException refused
                && (refused.failure() == Failure.THROTTLED || refused.failure() == Failure.SHUTTING_DOWN);
    }

    /** Whether nothing was sent to the connector. */
    private static boolean nothingWasSent(Future<Reply> result) {
        return result.failed() && result.cause() instanceof GatewayException failure && failure.nothingSent();
    }

    private RetryRules rules(Call call) {
        return Objects.requireNonNull(rules.get(call.head().route().operation()));
    }

    private Future<Void> pause(Duration time) {
        return time.isZero() ? Future.succeededFuture() : pauses.apply(time);
    }

    /** The attempts of one call. */
    private final class Attempts {
        private final Service<Call> next;
        private final long firstNanos;
        private List<EndedAttempt> earlier = List.of();
        private @Nullable Future<Reply> possiblyExecuted;

        Attempts(Service<Call> next, long firstNanos) {
            this.next = next;
            this.firstNanos = firstNanos;
        }

        Future<Reply> attempt(Call call) {
            Instant at = clock.instant();
            long beganNanos = nanoTime.getAsLong();
            return serve(call, next).transform(completed -> {
                Future<Reply> result = completed.succeeded()
                        ? Future.succeededFuture(completed.result())
                        : Future.failedFuture(completed.cause());
                if (refusedByGateway(result)) {
                    return earlier.isEmpty()
                            ? result
                            : end(earlier.get(earlier.size() - 1).result(), earlier);
                }
                long nanos = nanoTime.getAsLong();
                Duration latency = Duration.ofNanos(nanos - beganNanos);
                RetryDecision decision = decide(call, result, nanos);
                if (decision instanceof RetryDecision.Retry retry) {
                    Future<Reply> kept = withoutStream(result);
                    earlier = with(new EndedAttempt(call.attempt(), at, latency, kept));
                    if (possiblyExecuted == null && !retry.reason().notExecuted()) {
                        possiblyExecuted = kept;
                    }
                    return pause(retry.pause()).compose(over -> retry(call, retry));
                }
                if (decision instanceof RetryDecision.GiveUp givenUp) {
                    giveUp(call, givenUp);
                }
                return earlier.isEmpty()
                        ? result
                        : end(result, with(new EndedAttempt(call.attempt(), at, latency, result)));
            });
        }

        private List<EndedAttempt> with(EndedAttempt latest) {
            List<EndedAttempt> all = new ArrayList<>(earlier);
            all.add(latest);
            return all;
        }

        private RetryDecision decide(Call call, Future<Reply> result, long nanos) {
            if (RetryReason.of(result).isEmpty()) {
                return new RetryDecision.Keep();
            }
            RetryDecision decision = RetryDecision.after(
                    call,
                    result,
                    Duration.ofNanos(nanos - firstNanos),
                    rules(call),
                    clock.instant(),
                    random.getAsDouble());
            return decision instanceof RetryDecision.Retry retry
                            && !budgets.of(call.head().upstream()).retry()
                    ? new RetryDecision.GiveUp(retry.reason(), Obstacle.BUDGET)
                    : decision;
        }

        /** The result of the call after {@code attempts}, the last of which ended with {@code last}. */
        private Future<Reply> end(Future<Reply> last, List<EndedAttempt> attempts) {
            Future<Reply> result = possiblyExecuted != null && nothingWasSent(last) ? possiblyExecuted : last;
            return attempts.size() > 1 ? EndedAttempt.withAttempts(result, attempts) : result;
        }

        private Future<Reply> retry(Call call, RetryDecision.Retry decision) {
            if (RetryDecision.isAbandonedRead(call)) {
                giveUp(call, new RetryDecision.GiveUp(decision.reason(), Obstacle.CLIENT_GONE));
                return Future.failedFuture(
                        new GatewayException(Failure.CLIENT_GONE, "The client disconnected before another attempt"));
            }
            retries.withTags(
                            "upstream",
                            call.head().upstream(),
                            "reason",
                            decision.reason().text())
                    .increment();
            log(call, decision.reason(), "Retrying a request");
            return attempt(call.nextAttempt());
        }

        private void giveUp(Call call, RetryDecision.GiveUp decision) {
            givenUp.withTags(
                            "upstream",
                            call.head().upstream(),
                            "reason",
                            decision.reason().text(),
                            "obstacle",
                            decision.obstacle().text())
                    .increment();
            log(
                    call,
                    decision.reason(),
                    "Not retrying a request: " + decision.obstacle().text());
        }

        /**
         * The result of an attempt that is followed by another one; its stream is closed, since it would hold a
         * connection.
         */
        private static Future<Reply> withoutStream(Future<Reply> result) {
            if (result.succeeded() && result.result().body() instanceof ReplyBody.Streamed streamed) {
                streamed.abandon().run();
                Reply reply = result.result();
                return Future.succeededFuture(reply.withHeaders(Headers.ofOtherBytes(reply.headers()))
                        .withBody(new ReplyBody.Whole(Buffer.buffer())));
            }
            return result;
        }
    }

    private static void log(Call call, RetryReason reason, String what) {
        LOG.atDebug()
                .addKeyValue("requestId", call.head().requestId())
                .addKeyValue("operation", call.head().route().operation().id())
                .addKeyValue("upstream", call.head().upstream())
                .addKeyValue("attempt", call.attempt())
                .addKeyValue("reason", reason.text())
                .log(what);
    }
}
