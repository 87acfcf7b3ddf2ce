package dev.botgate.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import ch.qos.logback.core.spi.FilterReply;
import dev.botgate.failure.FatalErrors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;

/**
 * Reports the fatal errors that are logged: Netty and Vert.x catch whatever is thrown on their threads, log it and go on.
 *
 * <p>A class that could not be loaded counts from warnings on, since libraries look for optional ones quietly. Sees each
 * call before an event is made of it, for which memory may be lacking; calls of the fluent kind as events.
 */
final class FatalErrorLog extends TurboFilter {
    private FatalErrorLog() {}

    /** Looks at all that is logged in {@code context}, until that is reset. */
    static void watch(LoggerContext context) {
        FatalErrorLog calls = new FatalErrorLog();
        calls.setContext(context);
        calls.start();
        context.addTurboFilter(calls);
        Events events = new Events();
        events.setContext(context);
        events.start();
        context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).addAppender(events);
    }

    @Override
    public FilterReply decide(
            @Nullable Marker marker,
            Logger logger,
            Level level,
            @Nullable String format,
            Object @Nullable [] parameters,
            @Nullable Throwable failure) {
        if (failure != null) {
            logged(level, failure);
        } else if (parameters != null
                && parameters.length > 0
                && parameters[parameters.length - 1] instanceof Throwable last) {
            logged(level, last);
        }
        return FilterReply.NEUTRAL;
    }

    private static void logged(Level level, Throwable failure) {
        if (level.isGreaterOrEqual(Level.WARN) || failure instanceof OutOfMemoryError) {
            FatalErrors.report(failure);
        }
    }

    private static final class Events extends UnsynchronizedAppenderBase<ILoggingEvent> {
        @Override
        protected void append(ILoggingEvent event) {
            if (event.getThrowableProxy() instanceof ThrowableProxy failure) {
                logged(event.getLevel(), failure.getThrowable());
            }
        }
    }
}
