package dev.botgate.sandbox;

import dev.botgate.failure.SettingCheck;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Map;

/** A fault in place of, or in, the usual reply to one request. */
public sealed interface SimulatedFault {
    /** Applies the fault to a request, whose body has been read if {@link #readsBody}. */
    void apply(PendingReply pending);

    /** Whether the request's body is read first. */
    default boolean readsBody() {
        return true;
    }

    /** Answers {@code status} with these headers and this text; the request is not carried out. */
    record Status(int status, Map<String, String> headers, String body) implements SimulatedFault {
        public Status {
            SettingCheck.between("status", status, 200, 599);
            headers = Map.copyOf(headers);
        }

        /** The status with an {@code ErrorResponse} that names the sandbox. */
        public Status(int status) {
            this(
                    status,
                    Map.of("Content-Type", SandboxReply.JSON),
                    new ConnectorError(status, "SandboxFault", "The sandbox was told to answer " + status + ".")
                            .reply()
                            .body()
                            .toString());
        }

        @Override
        public void apply(PendingReply pending) {
            pending.send(SandboxReply.text(status, headers, body));
        }
    }

    /** Answers 429 with {@code Retry-After} in whole seconds, rounded up; the request is not carried out. */
    record Throttle(Duration retryAfter) implements SimulatedFault {
        public Throttle {
            SettingCheck.notNegative("retryAfter", retryAfter);
        }

        @Override
        public void apply(PendingReply pending) {
            long seconds = retryAfter.plusSeconds(1).minusNanos(1).toSeconds();
            SandboxReply refusal = new ConnectorError(429, "Throttled", "Too many requests.").reply();
            pending.send(refusal.with("Retry-After", Long.toString(seconds)));
        }
    }

    /** Answers as usual, {@code duration} later. */
    record Delay(Duration duration) implements SimulatedFault {
        public Delay {
            SettingCheck.atLeast("milliseconds", duration.toMillis(), 1);
        }

        @Override
        public void apply(PendingReply pending) {
            pending.after(duration, () -> pending.send(pending.usual()));
        }
    }

    /** Answers as usual once {@code release} has completed, either way. */
    record Until(Future<?> release) implements SimulatedFault {
        @Override
        public void apply(PendingReply pending) {
            pending.after(release, () -> pending.send(pending.usual()));
        }
    }

    /** Carries out the request, and never answers. */
    record Hang() implements SimulatedFault {
        @Override
        public void apply(PendingReply pending) {
            pending.carryOut();
        }
    }

    /** Leaves the body unread, and never answers. */
    record Unread() implements SimulatedFault {
        @Override
        public boolean readsBody() {
            return false;
        }

        @Override
        public void apply(PendingReply pending) {
            pending.pause();
        }
    }

    /** Carries out the request, and closes the connection before the first byte of a reply. */
    record CutHead() implements SimulatedFault {
        @Override
        public void apply(PendingReply pending) {
            pending.carryOut();
            pending.close();
        }
    }

    /** Answers as usual, but closes the connection after so many bytes of the body; always before its last. */
    record CutBody(int bytes) implements SimulatedFault {
        public CutBody {
            SettingCheck.atLeast("bytes", bytes, 0);
        }

        @Override
        public void apply(PendingReply pending) {
            pending.cut(pending.usual(), bytes);
        }
    }

    /** Answers as usual, compressed with gzip whether the client accepts that or not. */
    record Compressed() implements SimulatedFault {
        @Override
        public void apply(PendingReply pending) {
            pending.send(pending.usual().compressed());
        }
    }
}
