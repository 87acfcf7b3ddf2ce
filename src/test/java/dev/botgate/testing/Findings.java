package dev.botgate.testing;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.slf4j.LoggerFactory;

/** What went wrong out of any test's sight: blocked event loops, exceptions nobody handled, leaked buffers. */
final class Findings {
    /** The name is a string in Vert.x, and that of no class since version 5. */
    static final String BLOCKED_THREADS = "io.vertx.core.impl.BlockedThreadChecker";

    /** Vert.x logs at ERROR that the other end reset a connection on which nobody listens for that; it proves nothing. */
    private static final Pattern OTHER_END_LEFT = Pattern.compile("Connection reset( by peer)?|Broken pipe");

    private static final List<String> LOGGERS = List.of("io.vertx", "io.netty");

    private final List<String> found = new ArrayList<>();
    private final BlockedThreads blocked = new BlockedThreads();
    private String running = "before the first test";

    /** Begins, or goes on, to listen: other code may have reset the logging since. */
    void listen() {
        for (String name : LOGGERS) {
            Logger logger = (Logger) LoggerFactory.getLogger(name);
            if (logger.getAppender(Ear.NAME) == null) {
                Ear ear = new Ear();
                ear.setContext(logger.getLoggerContext());
                ear.start();
                logger.addAppender(ear);
            }
        }
        if (!(Thread.getDefaultUncaughtExceptionHandler() instanceof Last)) {
            Thread.setDefaultUncaughtExceptionHandler(new Last());
        }
    }

    /** Says what is running, for the texts of what is found from now on. */
    synchronized void running(String what) {
        running = what;
    }

    /** What was found since the last time. */
    synchronized List<String> take() {
        List<String> taken = List.copyOf(found);
        found.clear();
        return taken;
    }

    /** Waits for something found with {@code part} in its text, which stays to be taken. */
    synchronized void await(String part) throws InterruptedException {
        long end = System.nanoTime() + Patience.LIMIT.toNanos();
        while (found.stream().noneMatch(text -> text.contains(part))) {
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                throw new AssertionError("The guard found nothing with \"" + part + "\" within " + Patience.LIMIT);
            }
            wait(left);
        }
    }

    private synchronized void add(String text) {
        found.add("[" + running + "] " + text);
        notifyAll();
    }

    private boolean counts(ILoggingEvent event) {
        if (event.getLoggerName().equals(BLOCKED_THREADS)) {
            return event.getLevel().isGreaterOrEqual(Level.WARN) && blocked.areMeantBy(event.getFormattedMessage());
        }
        IThrowableProxy thrown = event.getThrowableProxy();
        String said = thrown == null ? event.getFormattedMessage() : thrown.getMessage();
        if (said != null && OTHER_END_LEFT.matcher(said).matches()) {
            return false;
        }
        boolean error = event.getLevel().isGreaterOrEqual(Level.ERROR);
        boolean swallowed = event.getLevel().equals(Level.WARN)
                && thrown != null
                && event.getLoggerName().startsWith("io.netty.");
        return error || swallowed;
    }

    private static String describe(ILoggingEvent event) {
        StringBuilder text =
                new StringBuilder(event.getLoggerName()).append(": ").append(event.getFormattedMessage());
        if (event.getThrowableProxy() != null) {
            text.append('\n').append(ThrowableProxyUtil.asString(event.getThrowableProxy()));
        }
        return text.toString();
    }

    /** Hears the log. */
    private final class Ear extends AppenderBase<ILoggingEvent> {
        static final String NAME = "botgate-test-guard";

        Ear() {
            setName(NAME);
        }

        @Override
        protected void append(ILoggingEvent event) {
            if (counts(event)) {
                add(describe(event));
            }
        }
    }

    /** Sees what ends threads. */
    private final class Last implements Thread.UncaughtExceptionHandler {
        @Override
        public void uncaughtException(Thread thread, Throwable cause) {
            StringWriter trace = new StringWriter();
            cause.printStackTrace(new PrintWriter(trace));
            add("uncaught in thread " + thread.getName() + ": " + trace);
        }
    }
}
