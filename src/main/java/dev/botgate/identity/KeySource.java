package dev.botgate.identity;

import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys at one location, fetched again after each {@code refresh-interval}. While fetches fail the last keys stay valid for
 * {@code maximum-key-age}; while the document has no usable key, for {@code withdrawal-grace}.
 *
 * <p>There is at most one fetch at a time; callers that need one share it. Safe on any thread; futures complete on the thread
 * of the fetch.
 */
final class KeySource {
    private static final Logger LOG = LoggerFactory.getLogger(KeySource.class);
    private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
    private static final Duration MAX_RETRY = Duration.ofMinutes(1);

    private final String issuers;
    private final Supplier<Future<KeySet>> fetch;
    private final IdentitySettings settings;
    private final Scheduler scheduler;
    private final LongSupplier nanoTime;
    private final IdentityMetrics metrics;

    private volatile @Nullable ValidKeys latest;
    private @Nullable Future<Void> fetching;
    private @Nullable String failure;
    private Duration retryDelay = FIRST_RETRY;
    private long nextFetch;
    private @Nullable Long unknownKeyFetch;
    private boolean withdrawn;
    private boolean closed;
    private Runnable cancelTimer = () -> {};

    /** Runs a task after a delay, and returns what cancels it. */
    interface Scheduler {
        Runnable schedule(Duration delay, Runnable task);
    }

    /** Keys, the time when they were fetched, and the time until which they are valid, both of {@code nanoTime}. */
    private record ValidKeys(KeySet keys, long fetched, long until) {}

    /** @param issuers the names in the settings of the issuers whose keys these are */
    KeySource(
            String issuers,
            Supplier<Future<KeySet>> fetch,
            IdentitySettings settings,
            Scheduler scheduler,
            LongSupplier nanoTime,
            IdentityMetrics metrics) {
        this.issuers = issuers;
        this.fetch = fetch;
        this.settings = settings;
        this.scheduler = scheduler;
        this.nanoTime = nanoTime;
        this.metrics = metrics;
        this.nextFetch = nanoTime.getAsLong();
    }

    /** The names in the settings of the issuers whose keys these are, joined by commas. */
    String issuers() {
        return issuers;
    }

    /** The last keys, while they are valid. */
    Optional<KeySet> current() {
        ValidKeys keys = latest;
        return keys != null && nanoTime.getAsLong() - keys.until() < 0 ? Optional.of(keys.keys()) : Optional.empty();
    }

    /** Starts a fetch or joins the running one; succeeds when it has ended, also when it failed. */
    Future<Void> fetch() {
        Promise<Void> ended = Promise.promise();
        synchronized (this) {
            if (fetching != null) {
                return fetching;
            }
            if (closed) {
                return Future.succeededFuture();
            }
            cancelTimer.run();
            fetching = ended.future();
        }
        Future.<Void>succeededFuture().compose(ignored -> fetch.get()).onComplete(result -> {
            if (result.failed()) {
                failed(Optional.ofNullable(result.cause().getMessage())
                        .orElseGet(() -> result.cause().getClass().getSimpleName()));
            } else if (result.result().keys().isEmpty()) {
                withdrawn();
            } else {
                fetched(result.result());
            }
            ended.complete();
        });
        return ended.future();
    }

    /** The fetch for a token whose key is not among {@link #current}; empty within {@code unknown-kid-interval} of the last. */
    Optional<Future<Void>> fetchForUnknownKey() {
        synchronized (this) {
            if (fetching != null) {
                return Optional.of(fetching);
            }
            long now = nanoTime.getAsLong();
            if (unknownKeyFetch != null
                    && now - unknownKeyFetch < settings.unknownKidInterval().toNanos()) {
                return Optional.empty();
            }
            unknownKeyFetch = now;
        }
        return Optional.of(fetch());
    }

    /** The running fetch. */
    synchronized Optional<Future<Void>> fetching() {
        return Optional.ofNullable(fetching);
    }

    /** The failure of requests while there are no valid keys. */
    synchronized GatewayException unavailable() {
        Duration wait = Duration.ofNanos(nextFetch - nanoTime.getAsLong());
        return new GatewayException(
                Failure.IDENTITY_UNAVAILABLE,
                "The keys of the token's issuer are not available; nothing was sent",
                wait.compareTo(FIRST_RETRY) < 0 ? FIRST_RETRY : wait);
    }

    /** Why no token of these issuers can be verified; empty while there are valid keys. */
    synchronized Optional<String> problem() {
        if (current().isPresent()) {
            return Optional.empty();
        }
        String state =
                latest == null ? "no keys of " + issuers + " yet" : "the keys of " + issuers + " are no longer valid";
        return Optional.of(failure == null ? state : state + ": " + failure);
    }

    /** How old the keys are and why, while they are valid but the last fetch failed. */
    synchronized Optional<String> note() {
        return failure == null || current().isEmpty()
                ? Optional.empty()
                : Optional.of("keys of " + issuers + " were fetched " + (long) ageSeconds() + " s ago: " + failure);
    }

    /** Seconds since the last successful fetch, or NaN without valid keys. */
    double ageSeconds() {
        ValidKeys keys = latest;
        return keys == null || current().isEmpty() ? Double.NaN : (nanoTime.getAsLong() - keys.fetched()) / 1e9;
    }

    synchronized void close() {
        closed = true;
        cancelTimer.run();
    }

    private synchronized void fetched(KeySet keys) {
        // Remembered tokens refer to the instance, so equal keys keep theirs.
        KeySet before = latest == null ? null : latest.keys();
        boolean changed = !keys.equals(before);
        long now = nanoTime.getAsLong();
        latest = new ValidKeys(
                before == null || changed ? keys : before,
                now,
                now + settings.maximumKeyAge().toNanos());
        failure = null;
        retryDelay = FIRST_RETRY;
        withdrawn = false;
        metrics.fetched(issuers, true);
        scheduleFetch(settings.refreshInterval());
        if (changed) {
            LOG.atInfo()
                    .addKeyValue("issuers", issuers)
                    .addKeyValue("keys", keys.keys().size())
                    .log("Fetched changed keys of issuers");
        }
    }

    private synchronized void withdrawn() {
        ValidKeys keys = latest;
        long end = nanoTime.getAsLong() + settings.withdrawalGrace().toNanos();
        if (!withdrawn && keys != null && end - keys.until() < 0) {
            latest = new ValidKeys(keys.keys(), keys.fetched(), end);
        }
        withdrawn = true;
        failed("no RSA signature key of 2048 bits or more with a kid in the document");
    }

    private synchronized void failed(String cause) {
        failure = cause;
        metrics.fetched(issuers, false);
        scheduleFetch(shorter(retryDelay, settings.refreshInterval()));
        retryDelay = shorter(retryDelay.multipliedBy(2), MAX_RETRY);
        if (!closed) {
            LOG.atWarn()
                    .addKeyValue("issuers", issuers)
                    .addKeyValue("cause", cause)
                    .log("Fetching the keys of issuers failed; retrying");
        }
    }

    private void scheduleFetch(Duration delay) {
        fetching = null;
        nextFetch = nanoTime.getAsLong() + delay.toNanos();
        if (!closed) {
            cancelTimer = scheduler.schedule(delay, () -> {
                var unused = fetch();
            });
        }
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
