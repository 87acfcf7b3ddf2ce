package dev.botgate.audit.writer;

import dev.botgate.audit.ExchangeIds;
import dev.botgate.audit.Outcome;
import dev.botgate.audit.TrailRecord;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports the results of writes: to the waiting requests, to {@link ExchangeIds} and to the operator.
 *
 * <p>Used on the trail's event loop, except for {@link #problem}, {@link #openIntents}, {@link #dropped} and {@link
 * #unavailable}, which are safe on any thread.
 */
final class WriteResults {
    private static final Logger log = LoggerFactory.getLogger(WriteResults.class);

    private final WriteQueue queue;
    private final ExchangeIds ids;
    private final InstantSource clock;
    private final Duration retryAfter;
    private final AtomicLong openIntents = new AtomicLong();
    private volatile @Nullable String problem;

    /** @param clock dates the outcomes that are added here */
    WriteResults(WriteQueue queue, ExchangeIds ids, InstantSource clock, Duration retryAfter) {
        this.queue = queue;
        this.ids = ids;
        this.clock = clock;
        this.retryAfter = retryAfter;
    }

    /** Why an intent could not be recorded now; empty when it could. */
    Optional<String> problem() {
        return Optional.ofNullable(problem);
    }

    void setProblem(String reason) {
        if (problem == null) {
            log.atWarn().addKeyValue("reason", reason).log("The trail cannot be written");
        }
        problem = reason;
    }

    void clearProblem() {
        if (problem != null) {
            log.atInfo().log("The trail can be written again");
            problem = null;
        }
    }

    /** The number of durable intents whose outcomes have not arrived yet. */
    long openIntents() {
        return openIntents.get();
    }

    /** An outcome has arrived from a request. */
    void outcomeArrived() {
        openIntents.decrementAndGet();
    }

    /** The record is durable; its request proceeds. */
    void durable(PendingWrite one) {
        queue.release(one);
        if (one.record() instanceof Outcome outcome) {
            ids.settled(outcome.exchange());
        } else if (one.isIntent() && one.awaited()) {
            openIntents.incrementAndGet();
        } else if (one.isIntent()) {
            closeNotForwarded(one);
        }
        one.succeed();
    }

    /** Closes an intent that became durable after its request was refused. */
    private void closeNotForwarded(PendingWrite late) {
        PendingWrite outcome =
                PendingWrite.unawaited(Outcome.notForwarded(late.record().exchange(), clock.instant()));
        queue.reserve(outcome);
        queue.add(outcome);
    }

    /** The store refuses the record for good. The exchange of a refused outcome stays open. */
    void neverWritten(TrailRecord refused) {
        if (refused instanceof Outcome outcome) {
            ids.leftOpen(outcome.exchange());
        }
    }

    /** The record will never be in the trail; its request fails. */
    void refused(PendingWrite one, String reason) {
        if (one.isIntent()) {
            dropped(one);
        } else {
            queue.release(one);
        }
        one.fail(unavailable(reason));
    }

    /** The intent will never be in the trail, and its request has failed. */
    void dropped(PendingWrite intent) {
        queue.release(intent);
        ids.settled(intent.record().exchange());
    }

    /** The requests fail. Their intents are dropped, except those that may be in the store already. */
    void failed(List<PendingWrite> writes, String reason) {
        writes.forEach(one -> one.fail(unavailable(reason)));
        queue.removeRefused(this::dropped);
    }

    GatewayException unavailable(String reason) {
        return new GatewayException(Failure.AUDIT_UNAVAILABLE, "Nothing was forwarded: " + reason, retryAfter);
    }
}
