package dev.botgate.sandbox;

import dev.botgate.failure.SettingCheck;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Map;

/** A way of misbehaving, played to one request in place of, or around, the ordinary answer. */
public sealed interface SimulatedFault {
    /** Plays this on the stage of one request, whose body has been read if {@link #readsBody}. */
    void play(FaultStage stage);

    /** Whether the request is read before this is played. */
    default boolean readsBody() {
        return true;
    }

    /** Answers {@code status} with these headers and this text, and does nothing of what was asked. */
    record Status(int status, Map<String, String> headers, String body) implements SimulatedFault {
        public Status {
            SettingCheck.between("status", status, 200, 599);
            headers = Map.copyOf(headers);
        }

        /** The status with an {@code ErrorResponse} that says who made it up. */
        public Status(int status) {
            this(
                    status,
                    Map.of("Content-Type", SandboxReply.JSON),
                    ConnectorError.body("SandboxFault", "The sandbox was told to answer " + status + "."));
        }

        @Override
        public void play(FaultStage stage) {
            stage.send(SandboxReply.text(status, headers, body));
        }
    }

    /** Answers 429, {@code Retry-After} in whole seconds, rounded up; does nothing of what was asked. */
    record Throttle(Duration retryAfter) implements SimulatedFault {
        public Throttle {
            SettingCheck.notNegative("retryAfter", retryAfter);
        }

        @Override
        public void play(FaultStage stage) {
            long seconds = retryAfter.plusSeconds(1).minusNanos(1).toSeconds();
            SandboxReply refusal = new ConnectorError(429, "Throttled", "Too many requests.").answer();
            stage.send(refusal.with("Retry-After", Long.toString(seconds)));
        }
    }

    /** Answers as usual, {@code duration} later. */
    record Delay(Duration duration) implements SimulatedFault {
        public Delay {
            SettingCheck.atLeast("milliseconds", duration.toMillis(), 1);
        }

        @Override
        public void play(FaultStage stage) {
            stage.after(duration, () -> stage.send(stage.ordinary()));
        }
    }

    /** Answers as usual once {@code release} has completed, either way. */
    record Until(Future<?> release) implements SimulatedFault {
        @Override
        public void play(FaultStage stage) {
            stage.after(release, () -> stage.send(stage.ordinary()));
        }
    }

    /** Reads the request, does what was asked, and never answers. */
    record Hang() implements SimulatedFault {
        @Override
        public void play(FaultStage stage) {
            stage.act();
        }
    }

    /** Leaves the body unread, does nothing and never answers. */
    record Unread() implements SimulatedFault {
        @Override
        public boolean readsBody() {
            return false;
        }

        @Override
        public void play(FaultStage stage) {
            stage.pause();
        }
    }

    /** Reads the request, does what was asked, and closes the connection before the first byte of a reply. */
    record CutHead() implements SimulatedFault {
        @Override
        public void play(FaultStage stage) {
            stage.act();
            stage.close();
        }
    }

    /** Answers as usual, but closes the connection after so many bytes of the body; always before its last. */
    record CutBody(int bytes) implements SimulatedFault {
        public CutBody {
            SettingCheck.atLeast("bytes", bytes, 0);
        }

        @Override
        public void play(FaultStage stage) {
            stage.cut(stage.ordinary(), bytes);
        }
    }

    /** Answers as usual, compressed with gzip whether that was asked for or not. */
    record Compressed() implements SimulatedFault {
        @Override
        public void play(FaultStage stage) {
            stage.send(stage.ordinary().compressed());
        }
    }
}
