package dev.botgate.sandbox;

import dev.botgate.failure.Setting;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Map;

/** A way of misbehaving, played to one request in place of, or around, the ordinary answer. */
public sealed interface Fault {
    /** Plays this on the stage of one request, whose body has been read if {@link #readsBody}. */
    void play(Stage stage);

    /** Whether the request is read before this is played. */
    default boolean readsBody() {
        return true;
    }

    /** Answers {@code status} with these headers and this text, and does nothing of what was asked. */
    record Status(int status, Map<String, String> headers, String body) implements Fault {
        public Status {
            Setting.between("status", status, 200, 599);
            headers = Map.copyOf(headers);
        }

        /** The status with an {@code ErrorResponse} that says who made it up. */
        public Status(int status) {
            this(
                    status,
                    Map.of("Content-Type", Answer.JSON),
                    ConnectorError.body("SandboxFault", "The sandbox was told to answer " + status + "."));
        }

        @Override
        public void play(Stage stage) {
            stage.send(Answer.text(status, headers, body));
        }
    }

    /** Answers 429, {@code Retry-After} in whole seconds, rounded up; does nothing of what was asked. */
    record Throttle(Duration retryAfter) implements Fault {
        public Throttle {
            Setting.notNegative("retryAfter", retryAfter);
        }

        @Override
        public void play(Stage stage) {
            long seconds = retryAfter.plusSeconds(1).minusNanos(1).toSeconds();
            Answer refusal = new ConnectorError(429, "Throttled", "Too many requests.").answer();
            stage.send(refusal.with("Retry-After", Long.toString(seconds)));
        }
    }

    /** Answers as usual, {@code duration} later. */
    record Delay(Duration duration) implements Fault {
        public Delay {
            Setting.atLeast("milliseconds", duration.toMillis(), 1);
        }

        @Override
        public void play(Stage stage) {
            stage.after(duration, () -> stage.send(stage.ordinary()));
        }
    }

    /** Answers as usual once {@code release} has completed, either way. */
    record Until(Future<?> release) implements Fault {
        @Override
        public void play(Stage stage) {
            stage.after(release, () -> stage.send(stage.ordinary()));
        }
    }

    /** Reads the request, does what was asked, and never answers. */
    record Hang() implements Fault {
        @Override
        public void play(Stage stage) {
            stage.act();
        }
    }

    /** Leaves the body unread, does nothing and never answers. */
    record Unread() implements Fault {
        @Override
        public boolean readsBody() {
            return false;
        }

        @Override
        public void play(Stage stage) {
            stage.pause();
        }
    }

    /** Reads the request, does what was asked, and closes the connection before the first byte of a reply. */
    record CutHead() implements Fault {
        @Override
        public void play(Stage stage) {
            stage.act();
            stage.close();
        }
    }

    /** Answers as usual, but closes the connection after so many bytes of the body; always before its last. */
    record CutBody(int bytes) implements Fault {
        public CutBody {
            Setting.atLeast("bytes", bytes, 0);
        }

        @Override
        public void play(Stage stage) {
            stage.cut(stage.ordinary(), bytes);
        }
    }

    /** Answers as usual, compressed with gzip whether that was asked for or not. */
    record Compressed() implements Fault {
        @Override
        public void play(Stage stage) {
            stage.send(stage.ordinary().compressed());
        }
    }
}
