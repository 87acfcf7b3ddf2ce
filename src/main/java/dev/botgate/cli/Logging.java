package dev.botgate.cli;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.joran.spi.ConsoleTarget;
import ch.qos.logback.core.spi.ContextAwareBase;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.BooleanSerializer;
import com.fasterxml.jackson.databind.ser.std.NumberSerializer;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import dev.botgate.config.LoggingSettings;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.logstash.logback.decorate.JsonFactoryDecorator;
import net.logstash.logback.encoder.LogstashEncoder;
import net.logstash.logback.fieldnames.LogstashCommonFieldNames;
import net.logstash.logback.fieldnames.LogstashFieldNames;
import org.slf4j.LoggerFactory;
import org.slf4j.event.KeyValuePair;

/**
 * Configures the log by the settings, in place of a file that Logback would read. Until the settings are known, Logback finds
 * this class by itself and logs to standard error.
 *
 * <p>A thread of its own writes the lines, so that no event loop waits for the terminal. When the reader of the log falls
 * behind, events up to info are dropped first; warnings and errors never are. {@link #stop} writes what is left, so it
 * comes last.
 */
@ConfiguratorRank(ConfiguratorRank.CUSTOM_NORMAL_PRIORITY)
public final class Logging extends ContextAwareBase implements Configurator {
    private static final int QUEUE_SIZE = 8192;
    private static final int MAX_FLUSH_MILLISECONDS = 5000;

    /** They log every connection or query, or errors that we log ourselves. */
    private static final List<String> LIBRARIES =
            List.of("io.netty", "io.vertx", "org.flywaydb", "org.postgresql", "com.ongres");

    /** Line breaks and escape sequences come from outside; they must not forge lines of the log. */
    private static final String TEXT =
            "%date{HH:mm:ss.SSS} %-5level %replace(%message %kvp{NONE}){'[\\p{Cc}\\p{Cf}]+', ' '}%n%throwable";

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        if (isReplaced() || Logging.class.getResource("/logback-test.xml") != null) {
            return ExecutionStatus.INVOKE_NEXT_IF_ANY;
        }
        configure(
                context,
                new LoggingSettings(LoggingSettings.Format.AUTO, org.slf4j.event.Level.INFO),
                ConsoleTarget.SystemErr);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /** Logs to standard output, for commands that serve. */
    static void toOutput(LoggingSettings settings) {
        reset(settings, ConsoleTarget.SystemOut);
    }

    /** Logs to standard error, for commands that print a result. */
    static void toError(LoggingSettings settings) {
        reset(settings, ConsoleTarget.SystemErr);
    }

    /** Writes the lines that wait, and ends the log. */
    static void stop() {
        context().stop();
    }

    /**
     * Loads the classes that log a failure. While a stack overflows, or no file can be opened, loading them could fail, and
     * then they would never be loaded.
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
        queue.setQueueSize(QUEUE_SIZE);
        queue.setMaxFlushTime(MAX_FLUSH_MILLISECONDS);
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

    /** Whether the operator names a Logback configuration, which is then used. */
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

    /** Fields: {@code time}, {@code level}, {@code message}, {@code logger}, {@code thread}, {@code stack_trace}, and the keys. */
    private static Encoder<ILoggingEvent> json(LoggerContext context) {
        LogstashFieldNames names = new LogstashFieldNames();
        names.setTimestamp("time");
        names.setLogger("logger");
        names.setThread("thread");
        names.setVersion(LogstashCommonFieldNames.IGNORE_FIELD_INDICATOR);
        names.setLevelValue(LogstashCommonFieldNames.IGNORE_FIELD_INDICATOR);
        LogstashEncoder encoder = new LogstashEncoder();
        encoder.setContext(context);
        encoder.setFieldNames(names);
        encoder.setTimeZone("UTC");
        encoder.setIncludeMdc(false);
        encoder.setFindAndRegisterJacksonModules(false);
        encoder.setJsonFactoryDecorator(new ValuesAsText());
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

    /** Writes values that are neither numbers nor booleans as their text, never as objects with whatever they hold. */
    private static final class ValuesAsText implements JsonFactoryDecorator {
        @Override
        public JsonFactory decorate(JsonFactory factory) {
            ObjectMapper unused = ((ObjectMapper) factory.getCodec())
                    .registerModule(new SimpleModule()
                            .addSerializer(Object.class, ToStringSerializer.instance)
                            .addSerializer(Number.class, NumberSerializer.instance)
                            .addSerializer(Boolean.class, new BooleanSerializer(false)));
            return factory;
        }
    }
}
