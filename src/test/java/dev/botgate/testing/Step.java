package dev.botgate.testing;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.LongFunction;

/** One thing that a scripted upstream does on a connection. */
public sealed interface Step {
    /** Does it; throws {@link IOException} when the other end has gone. */
    void play(ScriptedUpstream.Line line) throws IOException, InterruptedException;

    /** Reads the head of a request. */
    record ReadHead() implements Step {
        @Override
        public void play(ScriptedUpstream.Line line) throws IOException {
            line.readHead();
        }
    }

    /** Reads the body of the request whose head was read, and enters the request in the upstream's list. */
    record ReadBody() implements Step {
        @Override
        public void play(ScriptedUpstream.Line line) throws IOException {
            line.readBody();
        }
    }

    /** Reads the body of the request whose head was read into {@code to}; the request does not enter the upstream's list. */
    record PassBody(OutputStream to) implements Step {
        /** The step for a body that nobody looks at. */
        public static PassBody ignored() {
            return new PassBody(OutputStream.nullOutputStream());
        }

        @Override
        public void play(ScriptedUpstream.Line line) throws IOException {
            line.passBody(to);
        }
    }

    /** Plays the script that is chosen by the request, as far as it was read. */
    record Choose(Function<ScriptedUpstream.Request, Script> choice) implements Step {
        @Override
        public void play(ScriptedUpstream.Line line) throws IOException, InterruptedException {
            line.play(choice.apply(line.request()));
        }
    }

    /**
     * Sends {@code bytes} bytes as fast as they are taken.
     *
     * @param part the next bytes, by how many were sent before
     * @param sent counts what the connection has taken
     */
    record Pour(long bytes, LongFunction<byte[]> part, AtomicLong sent) implements Step {
        @Override
        public void play(ScriptedUpstream.Line line) throws IOException {
            for (long at = 0; at < bytes; ) {
                byte[] next = part.apply(at);
                line.write(next);
                at += next.length;
                sent.addAndGet(next.length);
            }
        }
    }

    /** Sends exactly these characters, each as one byte. */
    record Write(String text) implements Step {
        /** The step for a body's text, in UTF-8. */
        public static Write utf8(String text) {
            return new Write(new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1));
        }

        @Override
        public void play(ScriptedUpstream.Line line) throws IOException {
            line.write(text.getBytes(StandardCharsets.ISO_8859_1));
        }
    }

    /** Goes on when the test opens the gate. */
    record Await(CountDownLatch gate) implements Step {
        @Override
        public void play(ScriptedUpstream.Line line) throws InterruptedException {
            gate.await();
        }
    }

    /** Opens the gate: what was to be written before is in the other end's socket. */
    record Signal(CountDownLatch gate) implements Step {
        @Override
        public void play(ScriptedUpstream.Line line) {
            gate.countDown();
        }
    }

    /** Does nothing more until the other end closes or the upstream is closed, and throws away what arrives. */
    record Hang() implements Step {
        @Override
        public void play(ScriptedUpstream.Line line) throws IOException {
            line.drain();
        }
    }

    /** Reads nothing and does nothing more until the upstream is closed. */
    record Freeze() implements Step {
        @Override
        public void play(ScriptedUpstream.Line line) throws InterruptedException {
            line.awaitClose();
        }
    }

    /** Closes in good order. */
    record Close() implements Step {
        @Override
        public void play(ScriptedUpstream.Line line) throws IOException {
            line.close();
        }
    }

    /** Reads nothing more, until the other end has closed the connection. */
    record Outstay() implements Step {
        @Override
        public void play(ScriptedUpstream.Line line) throws IOException, InterruptedException {
            line.outstay();
        }
    }

    /** Closes with a reset, as a killed process does. */
    record Reset() implements Step {
        @Override
        public void play(ScriptedUpstream.Line line) throws IOException {
            line.reset();
        }
    }
}
