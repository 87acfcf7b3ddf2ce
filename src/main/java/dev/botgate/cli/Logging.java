package dev.botgate.cli;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.joran.spi.ConsoleTarget;
import dev.botgate.config.LoggingSettings;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.slf4j.LoggerFactory;
import org.slf4j.event.KeyValuePair;

/**
 * Sets the log up by the settings, in place of a file that Logback would read.
 *
 * <p>Lines are written by a thread of their own, so that no event loop waits for the terminal. When the reader of the
 * log falls behind, events up to info are dropped first; warnings and errors never are. {@link #stop} writes what is
 * left, so it comes last.
 */
final class Logging {
    private static final int WAITING_EVENTS = 8192;
    private static final int FLUSH_MILLISECONDS = 5000;

    /** Speak of every connection or query, or of what we log ourselves. */
    private static final List<String> LIBRARIES =
            List.of("io.netty", "io.vertx", "org.flywaydb", "org.postgresql", "com.ongres");

    /** Line breaks and escape sequences come from outside, and must not pass for lines of ours. */
    private static final String TEXT =
            "%date{HH:mm:ss.SSS} %-5level %replace(%message %kvp{NONE}){'[\\p{Cc}\\p{Cf}]+', ' '}%n%throwable";

    private Logging() {}

    /** Logs to standard output: for what serves. */
    static void toOutput(LoggingSettings settings) {
        reset(settings, ConsoleTarget.SystemOut);
    }

    /** Logs to standard error: for what prints its result. */
    static void toError(LoggingSettings settings) {
        reset(settings, ConsoleTarget.SystemErr);
    }

    /** Writes what waits, and ends the log. */
    static void stop() {
        context().stop();
    }

    /**
     * Loads the classes by which a failure is logged: while a stack overflows, or no file can be opened, they might fail to
     * load, and then for ever.
     */
    static void loadClasses() {
        LoggerContext nowhere = new LoggerContext();
        Throwable failure = new IllegalStateException("a failure", new IllegalStateException("its cause"));
        failure.addSuppressed(new IllegalStateException("another"));
        LoggingEvent event = new LoggingEvent(
                Logging.class.getName(), nowhere.getLogger("nowhere"), Level.ERROR, "a failure", failure, null);
        event.addKeyValuePair(new KeyValuePair("key", 1));
        for (Encoder<ILoggingEvent> encoder : List.of(json(nowhere), text(nowhere))) {
            byte[] unused = encoder.encode(event);
        }
    }

    static void configure(LoggerContext context, LoggingSettings settings, ConsoleTarget target) {
        FatalErrorLog.watch(context);
        boolean json =
                switch (settings.format()) {
                    case JSON -> true;
                    case TEXT -> false;
                    case AUTO -> !Terminal.shows(target == ConsoleTarget.SystemOut ? 1 : 2);
                };
        ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
        console.setContext(context);
        console.setTarget(target.getName());
        console.setEncoder(json ? json(context) : text(context));
        console.start();

        AsyncAppender queue = new AsyncAppender();
        queue.setContext(context);
        queue.setQueueSize(WAITING_EVENTS);
        queue.setMaxFlushTime(FLUSH_MILLISECONDS);
        queue.addAppender(console);
        queue.start();

        Level ours = Level.convertAnSLF4JLevel(settings.level());
        Level theirs = ours.isGreaterOrEqual(Level.ERROR)
                ? Level.ERROR
                : ours.isGreaterOrEqual(Level.INFO) ? Level.WARN : Level.INFO;
        context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).addAppender(queue);
        context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).setLevel(ours);
        LIBRARIES.forEach(library -> context.getLogger(library).setLevel(theirs));
    }

    /** Whether the operator brought a Logback configuration, which then stands. */
    static boolean isReplaced() {
        return System.getProperty("logback.configurationFile") != null;
    }

    private static void reset(LoggingSettings settings, ConsoleTarget target) {
        if (!isReplaced()) {
            LoggerContext context = context();
            context.reset();
            configure(context, settings, target);
        } else {
            FatalErrorLog.watch(context());
        }
    }

    private static LoggerContext context() {
        return (LoggerContext) LoggerFactory.getILoggerFactory();
    }

    private static Encoder<ILoggingEvent> json(LoggerContext context) {
        JsonLines encoder = new JsonLines();
        encoder.setContext(context);
        encoder.start();
        return encoder;
    }

    private static Encoder<ILoggingEvent> text(LoggerContext context) {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern(TEXT);
        encoder.setCharset(StandardCharsets.UTF_8);
        encoder.start();
        return encoder;
    }
}
