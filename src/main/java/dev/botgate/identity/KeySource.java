package dev.botgate.identity;

import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys that lie in one place, fetched anew from time to time; those that were had last stay for a while when the place is
 * away, and for a shorter one when there are none in it any more.
 *
 * <p>At most one fetch is under way; whoever wants another meanwhile is given that one. Safe on any thread; futures complete
 * on the thread of the fetch.
 */
final class KeySource {
    private static final Logger LOG = LoggerFactory.getLogger(KeySource.class);
    private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
    private static final Duration LONGEST_RETRY = Duration.ofMinutes(1);

    private final String issuers;
    private final KeyFetch fetch;
    private final IdentitySettings settings;
    private final TokenSchedule schedule;
    private final LongSupplier nanoTime;
    private final IdentityMeters meters;

    private volatile @Nullable Held held;
    private @Nullable Future<Void> underWay;
    private @Nullable String failure;
    private int failures;
    private long nextFetch;
    private long fetched;
    private boolean withdrawn;
    private boolean unknownSeen;
    private long unknownFetch;
    private boolean closed;
    private Runnable timer = () -> {};

    /** @param issuers the names of those whose keys they are, for operators */
    KeySource(
            String issuers,
            KeyFetch fetch,
            IdentitySettings settings,
            TokenSchedule schedule,
            LongSupplier nanoTime,
            IdentityMeters meters) {
        this.issuers = issuers;
        this.fetch = fetch;
        this.settings = settings;
        this.schedule = schedule;
        this.nanoTime = nanoTime;
        this.meters = meters;
        this.nextFetch = nanoTime.getAsLong();
    }

    /** The keys that were had last, as long as they hold. */
    Optional<KeySet> current() {
        Held had = held;
        return had != null && nanoTime.getAsLong() - had.until() < 0 ? Optional.of(had.keys()) : Optional.empty();
    }

    /** Fetches, or joins who does; succeeds when that has ended, however. */
    Future<Void> fetch() {
        Promise<Void> ended = Promise.promise();
        synchronized (this) {
            if (underWay != null) {
                return underWay;
            }
            if (closed) {
                return Future.succeededFuture();
            }
            timer.run();
            underWay = ended.future();
        }
        // Whatever the fetch throws is one of its failures.
        Future<KeySet> fetched = Future.<Void>succeededFuture().compose(begun -> fetch.fetch());
        fetched.onComplete(result -> {
            if (result.succeeded()) {
                succeeded(result.result());
            } else {
                failed(result.cause());
            }
            ended.complete();
        });
        return ended.future();
    }

    /** The fetch that a token is worth whose key is not among {@link #current}; empty when that was tried just now. */
    Optional<Future<Void>> fetchForUnknownKey() {
        synchronized (this) {
            if (underWay != null) {
                return Optional.of(underWay);
            }
            long now = nanoTime.getAsLong();
            if (unknownSeen
                    && now - unknownFetch < settings.unknownKidInterval().toNanos()) {
                return Optional.empty();
            }
            unknownSeen = true;
            unknownFetch = now;
        }
        return Optional.of(fetch());
    }

    /** The fetch that is under way. */
    synchronized Optional<Future<Void>> underWay() {
        return Optional.ofNullable(underWay);
    }

    /** What to answer while there are no keys. */
    synchronized GatewayException unavailable() {
        Duration wait = Duration.ofNanos(nextFetch - nanoTime.getAsLong());
        return new GatewayException(
                Failure.IDENTITY_UNAVAILABLE,
                "The keys of the token's issuer cannot be had; nothing was sent",
                Collections.max(List.of(wait, FIRST_RETRY)));
    }

    /** Why no token of these issuers can be believed. */
    synchronized Optional<String> problem() {
        if (current().isPresent()) {
            return Optional.empty();
        }
        String what = held == null ? "no keys of " + issuers + " yet" : "the keys of " + issuers + " hold no longer";
        return Optional.of(
                what + Optional.ofNullable(failure).map(why -> ": " + why).orElse(""));
    }

    /** Why the keys are older than they should be. */
    synchronized Optional<String> note() {
        return current().isEmpty()
                ? Optional.empty()
                : Optional.ofNullable(failure)
                        .map(why -> "keys of " + issuers + " are from " + age().toSeconds() + " s ago: " + why);
    }

    /** Time since the keys were had. */
    synchronized Duration age() {
        return Duration.ofNanos(nanoTime.getAsLong() - fetched);
    }

    synchronized void close() {
        closed = true;
        timer.run();
    }

    private synchronized void succeeded(KeySet had) {
        // What is remembered of tokens refers to the keys themselves, so the same ones stay.
        KeySet before = held == null ? null : held.keys();
        KeySet now = before != null && had.equals(before) ? before : had;
        failure = null;
        failures = 0;
        withdrawn = false;
        fetched = nanoTime.getAsLong();
        held = new Held(now, fetched + settings.maximumKeyAge().toNanos());
        meters.fetched(issuers, true);
        next(settings.refreshInterval());
        if (!now.equals(before)) {
            LOG.atInfo()
                    .addKeyValue("issuers", issuers)
                    .addKeyValue("keys", had.keys().size())
                    .log("Fetched the keys of issuers");
        }
    }

    private synchronized void failed(Throwable cause) {
        String why = Optional.ofNullable(cause.getMessage())
                .orElseGet(() -> cause.getClass().getSimpleName());
        failure = why;
        if (cause instanceof WithdrawnKeys && !withdrawn) {
            withdrawn = true;
            hold(settings.withdrawalGrace());
        }
        meters.fetched(issuers, false);
        Duration pause = FIRST_RETRY.multipliedBy(1L << Math.min(failures, 10));
        failures++;
        next(Collections.min(List.of(pause, LONGEST_RETRY, settings.refreshInterval())));
        if (!closed) {
            LOG.atWarn()
                    .addKeyValue("issuers", issuers)
                    .addKeyValue("cause", why)
                    .log("The keys of issuers could not be fetched");
        }
    }

    /** From now on for no longer than that. */
    private void hold(Duration grace) {
        Held had = held;
        long until = nanoTime.getAsLong() + grace.toNanos();
        if (had != null && until - had.until() < 0) {
            held = new Held(had.keys(), until);
        }
    }

    private void next(Duration pause) {
        underWay = null;
        nextFetch = nanoTime.getAsLong() + pause.toNanos();
        if (!closed) {
            timer = schedule.in(pause, () -> {
                var unused = fetch();
            });
        }
    }

    /**
     * Keys that were had.
     *
     * @param until by {@code nanoTime}, when they hold no longer
     */
    private record Held(KeySet keys, long until) {}
}
