package dev.botgate.testing;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.LongFunction;

/** What a scripted upstream does for one request; the connection stays open after it unless a step closes it. */
public record Script(List<Step> steps) {
    private static final String JSON = "Content-Type: application/json\r\n";

    public Script {
        steps = List.copyOf(steps);
    }

    public static Script of(Step... steps) {
        return new Script(List.of(steps));
    }

    /** Reads the request and answers with a JSON text. */
    public static Script reply(int status, String json) {
        return exactly(head(status, JSON + length(json)), json);
    }

    /** Reads the request and sends exactly these characters, each part in a write of its own. */
    public static Script exactly(String... parts) {
        List<Step> steps = new ArrayList<>(List.of(new Step.ReadHead(), new Step.ReadBody()));
        for (String part : parts) {
            steps.add(Step.Write.utf8(part));
        }
        return new Script(steps);
    }

    /** Reads the request and sends a head of these lines, and no body. */
    public static Script head(String... lines) {
        return exactly(String.join("\r\n", lines) + "\r\n\r\n");
    }

    /** Sends no length: the body ends where the connection does. */
    public static Script closeDelimited(String json) {
        return exactly(head(200, JSON + "Connection: close\r\n"), json).then(new Step.Close());
    }

    /** Sends the parts as chunks, and {@code trailers}, each a whole line without its end. */
    public static Script chunked(List<String> parts, List<String> trailers) {
        StringBuilder text = new StringBuilder(head(200, JSON + "Transfer-Encoding: chunked\r\n"));
        for (String part : parts) {
            text.append(Integer.toHexString(part.getBytes(StandardCharsets.UTF_8).length))
                    .append("\r\n")
                    .append(part)
                    .append("\r\n");
        }
        text.append("0\r\n");
        trailers.forEach(trailer -> text.append(trailer).append("\r\n"));
        return exactly(text.append("\r\n").toString());
    }

    /** Sends an informational reply, such as 103, before a final one. */
    public static Script informational(int status, String json) {
        return exactly("HTTP/1.1 " + status + " Wait\r\nLink: </x>\r\n\r\n", head(200, JSON + length(json)), json);
    }

    /** Sends a header of {@code bytes} bytes. */
    public static Script hugeHeader(int bytes) {
        return exactly(head(200, "X-Huge: " + "h".repeat(bytes) + "\r\nContent-Length: 0\r\n"));
    }

    /** Sends what is no HTTP, and closes. */
    public static Script garbage() {
        return exactly("\u0016\u0003\u0001 220 smtp.example ESMTP\r\n\r\n").then(new Step.Close());
    }

    /** Reads the request and says nothing. */
    public static Script hang() {
        return exactly().then(new Step.Hang());
    }

    /** Never reads from the connection. */
    public static Script unread() {
        return of(new Step.Freeze());
    }

    /** Reads the request and closes before the first byte of a reply. */
    public static Script cutHead() {
        return exactly().then(new Step.Close());
    }

    /** Reads the request and resets the connection before the first byte of a reply. */
    public static Script resetHead() {
        return exactly().then(new Step.Reset());
    }

    /** Declares a body of {@code declared} bytes, sends {@code part} of it, and closes. */
    public static Script cutBody(int declared, String part) {
        return exactly(head(200, JSON + "Content-Length: " + declared + "\r\n"), part)
                .then(new Step.Close());
    }

    /** Sends head and {@code first}, then waits for the gate, then sends {@code rest}. */
    public static Script halted(String first, CountDownLatch gate, String rest) {
        return exactly(head(200, JSON + length(first + rest)), first).then(new Step.Await(gate), Step.Write.utf8(rest));
    }

    /** These steps and then those. */
    public Script then(Step... more) {
        List<Step> all = new ArrayList<>(steps);
        all.addAll(List.of(more));
        return new Script(all);
    }

    private static String head(int status, String headers) {
        return "HTTP/1.1 " + status + " Scripted\r\n" + headers + "\r\n";
    }

    private static String length(String text) {
        return "Content-Length: " + text.getBytes(StandardCharsets.UTF_8).length + "\r\n";
    }

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
}
