package dev.botgate.cli;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.core.joran.spi.ConsoleTarget;
import ch.qos.logback.core.spi.ContextAwareBase;
import dev.botgate.config.LogFormat;
import dev.botgate.config.LoggingSettings;
import org.slf4j.event.Level;

/** How is logged until the settings are known: to standard error, as their defaults say. Logback finds it by itself. */
@ConfiguratorRank(ConfiguratorRank.CUSTOM_NORMAL_PRIORITY)
public final class InitialLogging extends ContextAwareBase implements Configurator {
    @Override
    public ExecutionStatus configure(LoggerContext context) {
        boolean fileComes = Logging.isReplaced() || InitialLogging.class.getResource("/logback-test.xml") != null;
        if (fileComes) {
            return ExecutionStatus.INVOKE_NEXT_IF_ANY;
        }
        Logging.configure(context, new LoggingSettings(LogFormat.AUTO, Level.INFO), ConsoleTarget.SystemErr);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }
}
