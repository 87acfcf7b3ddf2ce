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
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.EnumMap;
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
 * Sends a call again where that may help and cannot do harm. The next service hears of each attempt; the reply is that of
 * the last one that was made, or of the first one that may have done something where the last certainly did nothing.
 *
 * <p>A mutation is carried to its end whoever hangs up; a read is not repeated for nobody. Runs on the request's event
 * loop; an instance may serve several.
 */
public final class RetryFilter implements Filter<Call, Call> {
    private static final Logger LOG = LoggerFactory.getLogger(RetryFilter.class);

    private final Map<Operation, RetryRules> rules;
    private final RetryBudgets budgets;
    private final Function<Duration, Future<Void>> pauses;
    private final InstantSource clock;
    private final LongSupplier nanoTime;
    private final DoubleSupplier random;
    private final RetryMeters meters;

    /**
     * @param pauses succeeds after a time above zero, on the context on which it was asked
     * @param nanoTime measures time passed, such as {@code System::nanoTime}
     * @param random from 0 to below 1, evenly
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
        this.meters = new RetryMeters(registry);
    }

    @Override
    public Future<Reply> apply(Call call, Service<Call> next) {
        budgets.of(call.head().upstream()).request();
        return new Course(next, nanoTime.getAsLong()).attempt(call);
    }

    /** A service that throws, against its promise, has made an attempt nevertheless. */
    private static Future<Reply> served(Call call, Service<Call> next) {
        try {
            return next.serve(call);
        } catch (RuntimeException | StackOverflowError e) {
            return Future.failedFuture(e);
        }
    }

    /** What the gateway refused to send, such as for want of a permit, was no attempt. */
    private static boolean refusedByGateway(Future<Reply> ended) {
        return ended.cause() instanceof GatewayException refused
                && (refused.failure() == Failure.THROTTLED || refused.failure() == Failure.SHUTTING_DOWN);
    }

    /** Whether the connector never saw the request, and the client is told so. */
    private static boolean nothingWasSent(Future<Reply> ended) {
        return ended.failed()
                && ended.cause() instanceof GatewayException failure
                && (failure.failure() == Failure.UPSTREAM_UNREACHABLE || failure.failure() == Failure.UPSTREAM_BUSY);
    }

    private RetryRules rules(Call call) {
        return Objects.requireNonNull(rules.get(call.head().route().operation()));
    }

    private Future<Void> pause(Duration time) {
        return time.isZero() ? Future.succeededFuture() : pauses.apply(time);
    }

    /** The attempts of one call. */
    private final class Course {
        private final Service<Call> next;
        private final long firstNanos;
        private @Nullable Future<Reply> latest;
        private @Nullable Future<Reply> perhapsDone;

        Course(Service<Call> next, long firstNanos) {
            this.next = next;
            this.firstNanos = firstNanos;
        }

        Future<Reply> attempt(Call call) {
            Instant at = clock.instant();
            long beganNanos = nanoTime.getAsLong();
            return served(call, next).transform(result -> {
                Future<Reply> ended = result.succeeded()
                        ? Future.succeededFuture(result.result())
                        : Future.failedFuture(result.cause());
                if (refusedByGateway(ended)) {
                    return latest == null ? ended : whole(latest);
                }
                long nanos = nanoTime.getAsLong();
                RetryDecision decision = decide(call, ended, nanos);
                boolean last = !(decision instanceof RetryDecision.Again);
                call.attempts()
                        .accept(new EndedAttempt(
                                call.attempt(), at, Duration.ofNanos(nanos - beganNanos), ended, last));
                return follow(decision, call, ended);
            });
        }

        private RetryDecision decide(Call call, Future<Reply> ended, long nanos) {
            if (RetryReason.of(ended).isEmpty()) {
                return new RetryDecision.Keep();
            }
            RetryDecision decision = RetryDecision.after(
                    call,
                    ended,
                    Duration.ofNanos(nanos - firstNanos),
                    rules(call),
                    clock.instant(),
                    random.getAsDouble());
            return decision instanceof RetryDecision.Again again
                            && !budgets.of(call.head().upstream()).retry()
                    ? new RetryDecision.GiveUp(again.reason(), Obstacle.BUDGET)
                    : decision;
        }

        private Future<Reply> follow(RetryDecision decision, Call call, Future<Reply> ended) {
            if (decision instanceof RetryDecision.Again again) {
                latest = kept(ended);
                if (perhapsDone == null && !again.reason().certainlyNotDone()) {
                    perhapsDone = latest;
                }
                return pause(again.pause()).compose(over -> again(call, again));
            }
            if (decision instanceof RetryDecision.GiveUp givenUp) {
                giveUp(call, givenUp);
            }
            return whole(ended);
        }

        /** What all attempts come to, the last of which came to {@code last}. */
        private Future<Reply> whole(Future<Reply> last) {
            return perhapsDone != null && nothingWasSent(last) ? perhapsDone : last;
        }

        private Future<Reply> again(Call call, RetryDecision.Again decision) {
            if (RetryDecision.nobodyWaits(call)) {
                giveUp(call, new RetryDecision.GiveUp(decision.reason(), Obstacle.CLIENT_GONE));
                return Future.failedFuture(
                        new GatewayException(Failure.CLIENT_GONE, "The client left before another attempt"));
            }
            meters.again(call.head().upstream(), decision);
            log(call, decision.reason(), "Sending a request again");
            return attempt(call.again());
        }

        private void giveUp(Call call, RetryDecision.GiveUp decision) {
            meters.givenUp(call.head().upstream(), decision);
            log(
                    call,
                    decision.reason(),
                    "Not sending a request again: " + decision.obstacle().text());
        }

        /** What is left of a result when another attempt follows: a stream would hold its connection. */
        private Future<Reply> kept(Future<Reply> ended) {
            if (ended.succeeded() && ended.result().body() instanceof ReplyBody.Streamed streamed) {
                streamed.abandon().run();
                Reply reply = ended.result();
                return Future.succeededFuture(reply.withHeaders(Headers.ofOtherBytes(reply.headers()))
                        .withBody(new ReplyBody.Whole(Buffer.buffer())));
            }
            return ended;
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
