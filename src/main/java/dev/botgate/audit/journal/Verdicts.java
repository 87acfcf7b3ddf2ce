package dev.botgate.audit.journal;

import dev.botgate.audit.ExchangeIds;
import dev.botgate.audit.Outcome;
import dev.botgate.audit.TrailRecord;
import dev.botgate.audit.waiting.PendingWrite;
import dev.botgate.audit.waiting.WriteQueue;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of records: told to the requests that wait for them, to those who gave out the identities, and to the
 * operator.
 *
 * <p>Used on the trail's context, apart from {@link #problem}, {@link #open}, {@link #dropped} and {@link #unavailable}.
 */
final class Verdicts {
    private final WriteQueue waiting;
    private final ExchangeIds ids;
    private final InstantSource clock;
    private final Duration retryAfter;
    private volatile @Nullable String problem;
    private final AtomicLong open = new AtomicLong();

    Verdicts(WriteQueue waiting, ExchangeIds ids, InstantSource clock, Duration retryAfter) {
        this.waiting = waiting;
        this.ids = ids;
        this.clock = clock;
        this.retryAfter = retryAfter;
    }

    /** Why an intent could not be recorded now; empty when it could. */
    Optional<String> problem() {
        return Optional.ofNullable(problem);
    }

    void problem(String why) {
        problem = why;
    }

    void noProblem() {
        problem = null;
    }

    /** How many intents are durable whose outcomes are still to come. */
    long open() {
        return open.get();
    }

    /** An outcome has come. */
    void ended() {
        open.decrementAndGet();
    }

    /** It is in the trail, and its request may go on. */
    void durable(PendingWrite one) {
        waiting.gone(one);
        if (!one.isIntent()) {
            if (one.recorded() instanceof Outcome outcome) {
                ids.settled(outcome.exchange());
            }
        } else if (one.told()) {
            // It came too late, but is in the trail nevertheless.
            PendingWrite unforwarded =
                    new PendingWrite(Outcome.notForwarded(one.recorded().exchange(), clock.instant()), 0);
            waiting.counted(unforwarded);
            waiting.add(unforwarded);
        } else {
            open.incrementAndGet();
            one.succeed();
        }
    }

    /** It is kept elsewhere; an exchange whose outcome it is stays open. */
    void neverInTheTrail(TrailRecord recorded) {
        if (recorded instanceof Outcome outcome) {
            ids.leftOpen(outcome.exchange());
        }
    }

    /** It is kept elsewhere, and nobody waits for it. */
    void keptElsewhere(PendingWrite one) {
        waiting.gone(one);
    }

    /** It will never be in the trail. */
    void refuse(PendingWrite one, String why) {
        dropped(one);
        if (!one.told()) {
            one.fail(unavailable(why));
        }
    }

    /** It will never be in the trail, and who asked for it knows. */
    void dropped(PendingWrite one) {
        waiting.gone(one);
        ids.settled(one.recorded().exchange());
    }

    /** The requests hear that; whether the records are in the trail is another matter. */
    void failed(List<PendingWrite> some, String why) {
        some.forEach(one -> one.fail(unavailable(why)));
        waiting.dropMoot(this::dropped);
    }

    GatewayException unavailable(String why) {
        return new GatewayException(Failure.AUDIT_UNAVAILABLE, "Nothing was forwarded: " + why, retryAfter);
    }
}
