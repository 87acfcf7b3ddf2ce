package dev.botgate.upstream;

import dev.botgate.exchange.Call;
import dev.botgate.exchange.Payload;
import dev.botgate.exchange.Reply;
import dev.botgate.exchange.RequestHead;
import dev.botgate.exchange.RetryAfter;
import dev.botgate.failure.GatewayException;
import dev.botgate.upstream.RetrySettings.RetryRules;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What follows an attempt that has ended. Decided without side effects, and before the retry budget is asked. */
sealed interface RetryDecision {
    /** The result is passed to the client. */
    record Keep() implements RetryDecision {}

    /** The call is retried after {@code pause}. */
    record Retry(RetryReason reason, Duration pause) implements RetryDecision {}

    /** A retry might help, but an obstacle prevents it. */
    record GiveUp(RetryReason reason, Obstacle obstacle) implements RetryDecision {}

    /**
     * Why a retry may help.
     *
     * <p>Source: what Teams asks clients to repeat (msteams-docs, "Optimize your bot with rate limiting"): 412, 429,
     * 502, 503 and 504, but not 500.
     */
    enum RetryReason {
        UNREACHABLE("unreachable", true),
        BROKEN("broken", false),
        TIMEOUT("timeout", false),
        STATUS_412("412", true),
        STATUS_429("429", true),
        STATUS_502("502", false),
        STATUS_503("503", false),
        STATUS_504("504", false);

        private final String text;
        private final boolean notExecuted;

        RetryReason(String text, boolean notExecuted) {
            this.text = text;
            this.notExecuted = notExecuted;
        }

        /** The reason to retry after {@code ended}, if any. */
        static Optional<RetryReason> of(Future<Reply> ended) {
            if (ended.succeeded()) {
                return switch (ended.result().status()) {
                    case 412 -> Optional.of(STATUS_412);
                    case 429 -> Optional.of(STATUS_429);
                    case 502 -> Optional.of(STATUS_502);
                    case 503 -> Optional.of(STATUS_503);
                    case 504 -> Optional.of(STATUS_504);
                    default -> Optional.empty();
                };
            }
            if (!(ended.cause() instanceof GatewayException known)) {
                return Optional.empty();
            }
            return switch (known.failure()) {
                case UPSTREAM_UNREACHABLE -> Optional.of(UNREACHABLE);
                case UPSTREAM_REPLY_BROKEN -> Optional.of(BROKEN);
                case UPSTREAM_TIMEOUT -> Optional.of(TIMEOUT);
                default -> Optional.empty();
            };
        }

        /** Whether the connector cannot have acted on the request. */
        boolean notExecuted() {
            return notExecuted;
        }

        /** How metrics and logs name it. */
        String text() {
            return text;
        }
    }

    /** What prevents a retry. */
    enum Obstacle {
        ATTEMPTS,
        DEADLINE,
        BUDGET,
        CLIENT_GONE;

        /** How metrics and logs name it. */
        String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** Idempotent methods (RFC 9110 section 9.2.2). */
    Set<String> IDEMPOTENT = Set.of("GET", "HEAD", "OPTIONS", "PUT", "DELETE");

    /** The headers to which 412 is the expected answer (RFC 9110 section 13.1). */
    List<String> CONDITIONAL_HEADERS = List.of("If-Match", "If-None-Match", "If-Unmodified-Since", "If-Modified-Since");

    /**
     * Decides what follows an attempt.
     *
     * @param call as it was attempted
     * @param ended the completed result
     * @param elapsed since the first attempt was begun
     * @param random from 0 to below 1
     */
    static RetryDecision after(
            Call call, Future<Reply> ended, Duration elapsed, RetryRules rules, Instant now, double random) {
        Optional<RetryReason> found = RetryReason.of(ended);
        if (found.isEmpty() || !mayBeRetried(call, found.get(), rules)) {
            return new Keep();
        }
        RetryReason reason = found.get();
        if (call.attempt() >= rules.maximumAttempts()) {
            return new GiveUp(reason, Obstacle.ATTEMPTS);
        }
        if (isAbandonedRead(call)) {
            return new GiveUp(reason, Obstacle.CLIENT_GONE);
        }
        Duration pause = pause(call, ended, rules, now, random);
        return elapsed.plus(pause).compareTo(rules.deadline()) > 0
                ? new GiveUp(reason, Obstacle.DEADLINE)
                : new Retry(reason, pause);
    }

    /** Whether {@code call} is a read whose client has disconnected. */
    static boolean isAbandonedRead(Call call) {
        return !call.head().route().mutation() && call.clientGone().getAsBoolean();
    }

    private static boolean mayBeRetried(Call call, RetryReason reason, RetryRules rules) {
        RequestHead head = call.head();
        if (call.payload() instanceof Payload.Streamed && reason != RetryReason.UNREACHABLE) {
            return false;
        }
        if (reason == RetryReason.STATUS_412 && CONDITIONAL_HEADERS.stream().anyMatch(head.headers()::contains)) {
            return false;
        }
        return reason.notExecuted() || rules.retryUnsafe() || IDEMPOTENT.contains(head.method());
    }

    /**
     * The upstream's {@code Retry-After} plus a random time, so that requests that got the same value are spread; else
     * the backoff.
     */
    private static Duration pause(Call call, Future<Reply> ended, RetryRules rules, Instant now, double random) {
        Optional<Duration> asked = ended.succeeded()
                ? RetryAfter.read(ended.result().headers().get(RetryAfter.HEADER), now)
                : Optional.empty();
        return asked.map(wait -> wait.plus(rules.backoff(1, random)))
                .orElseGet(() -> rules.backoff(call.attempt(), random));
    }
}
