package dev.botgate.cli;

import dev.botgate.failure.FatalErrors;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the process with {@link ExitCode#ENDED_ITSELF} and a last line on standard error: after an error that would leave half of
 * it alive, and when stopping takes too long. A supervisor starts it again, and the trail closes what was open.
 *
 * <p>What is needed for that is there from the start, since nothing may be left to allocate: the lines, the stream, and a
 * thread that ends the process should the one that met the error get stuck. Only the program installs it; a gateway within
 * another program must not end that.
 */
final class ProcessEnd {
    private static final Logger LOG = LoggerFactory.getLogger(ProcessEnd.class);

    private static final FileOutputStream ERR = new FileOutputStream(FileDescriptor.err);
    private static final byte[] OUT_OF_MEMORY =
            line("Botgate ends itself: out of memory, on the heap (-Xmx) or beside it (-XX:MaxDirectMemorySize)");
    private static final byte[] NO_CLASS = line("Botgate ends itself: a class could not be loaded");
    private static final byte[] NOT_STOPPED = line("Botgate ends itself: stopping took too long");

    /** For whoever met an error to say what it was. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(2);

    private static final AtomicBoolean ENDING = new AtomicBoolean();
    private static final Deadline DEADLINE = new Deadline();

    private ProcessEnd() {}

    /** From now on the process ends after a fatal error on any thread, as far as it is thrown, logged or reported. */
    static void install() {
        DEADLINE.start();
        FatalErrors.onReport(ProcessEnd::after);
        Thread.setDefaultUncaughtExceptionHandler(ProcessEnd::uncaught);
    }

    /** Ends the process unless it has ended by itself within {@code limit}. Without {@link #install} nothing happens. */
    static void atLatestIn(Duration limit) {
        DEADLINE.set(limit, NOT_STOPPED);
    }

    /** Runs {@code stop} when the process is told to end (SIGTERM, SIGINT), and ends it after {@code limit} at the latest. */
    static void onSignal(String name, Duration limit, Runnable stop) {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            atLatestIn(limit);
                            try {
                                LOG.info("Stopping");
                                stop.run();
                            } finally {
                                Logging.stop();
                            }
                        },
                        "stop " + name));
    }

    private static void uncaught(Thread thread, Throwable failure) {
        FatalErrors.report(failure);
        LOG.error("A thread ended by an error", failure);
    }

    private static void after(Throwable error) {
        if (!ENDING.compareAndSet(false, true)) {
            return;
        }
        byte[] lastLine = error instanceof OutOfMemoryError ? OUT_OF_MEMORY : NO_CLASS;
        DEADLINE.set(LAST_WORDS, lastLine);
        try {
            ERR.write(described(error));
        } catch (Throwable nothingLeft) {
            // The last line says as much as can be said.
        }
        halt(lastLine);
    }

    private static byte[] described(Throwable error) {
        StringWriter text = new StringWriter();
        text.write("On thread " + Thread.currentThread().getName() + ": ");
        error.printStackTrace(new PrintWriter(text, true));
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void halt(byte[] lastLine) {
        try {
            ERR.write(lastLine);
        } catch (IOException | RuntimeException | Error nobodyReads) {
            // It ends all the same.
        }
        Runtime.getRuntime().halt(ExitCode.ENDED_ITSELF.code());
    }

    private static byte[] line(String text) {
        return (text + System.lineSeparator()).getBytes(StandardCharsets.US_ASCII);
    }

    /** A thread that ends the process once a time is over. */
    private static final class Deadline extends Thread {
        private byte[] lastLine = NOT_STOPPED;
        private volatile long dueNanos;
        private volatile boolean set;

        Deadline() {
            super("end of the process");
            setDaemon(true);
        }

        /** The first one counts, unless the next is sooner. */
        synchronized void set(Duration time, byte[] line) {
            long due = System.nanoTime() + time.toNanos();
            if (!set || due - dueNanos < 0) {
                lastLine = line;
                dueNanos = due;
                set = true;
            }
            LockSupport.unpark(this);
        }

        @Override
        public void run() {
            while (!set) {
                LockSupport.park(this);
            }
            for (long left = dueNanos - System.nanoTime(); left > 0; left = dueNanos - System.nanoTime()) {
                LockSupport.parkNanos(this, left);
            }
            halt(lastLine);
        }
    }
}
