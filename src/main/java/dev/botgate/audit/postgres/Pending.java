package dev.botgate.audit.postgres;

import dev.botgate.audit.Attempt;
import dev.botgate.audit.CallerPromise;
import dev.botgate.audit.Intent;
import dev.botgate.audit.Outcome;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.Optional;

/** An entry on its way into the database. Changes on the trail's own context only. */
sealed interface Pending {
    /** What an entry takes beside its body, give or take. */
    long ENTRY_BYTES = 1_024;

    /** How much memory it holds, roughly. */
    long bytes();

    /** Whether nobody would miss it: its request was refused, and the database certainly has not got it. */
    boolean moot();

    /** What to record instead once the database refuses it; empty when there is nothing less than this. */
    default Optional<Pending> withoutNames() {
        return Optional.empty();
    }

    /** An attempt; nobody waits for it. */
    record OfAttempt(Attempt attempt) implements Pending {
        @Override
        public long bytes() {
            return ENTRY_BYTES;
        }

        @Override
        public boolean moot() {
            return false;
        }

        @Override
        public Optional<Pending> withoutNames() {
            return Optional.of(attempt.withoutNames())
                    .filter(bare -> !bare.equals(attempt))
                    .map(OfAttempt::new);
        }
    }

    /** An outcome; nobody waits for it. */
    record OfOutcome(Outcome outcome) implements Pending {
        @Override
        public long bytes() {
            return ENTRY_BYTES;
        }

        @Override
        public boolean moot() {
            return false;
        }

        @Override
        public Optional<Pending> withoutNames() {
            return Optional.of(outcome.withoutNames())
                    .filter(bare -> !bare.equals(outcome))
                    .map(OfOutcome::new);
        }
    }

    /** An intent, for which a request waits. */
    final class OfIntent implements Pending {
        private final Intent intent;
        private final long deadlineNanos;
        private final CallerPromise promise = new CallerPromise();
        private boolean settled;
        private boolean perhapsDurable;

        /** Made on the context of the request, which will hear there. */
        OfIntent(Intent intent, long deadlineNanos) {
            this.intent = intent;
            this.deadlineNanos = deadlineNanos;
        }

        Intent intent() {
            return intent;
        }

        Future<Void> future() {
            return promise.future();
        }

        /** How long its request still waits. */
        long nanosLeft(long nowNanos) {
            return deadlineNanos - nowNanos;
        }

        /** Whether its request has been told, one way or the other. */
        boolean settled() {
            return settled;
        }

        /** A statement with this intent was sent of which nobody knows what became. */
        void sentInVain() {
            perhapsDurable = true;
        }

        void succeed() {
            settled = true;
            promise.complete();
        }

        void fail(Throwable cause) {
            settled = true;
            promise.fail(cause);
        }

        @Override
        public long bytes() {
            Buffer body = intent.body().bytes();
            return ENTRY_BYTES + (body == null ? 0 : body.length());
        }

        @Override
        public boolean moot() {
            return settled && !perhapsDurable;
        }
    }
}
