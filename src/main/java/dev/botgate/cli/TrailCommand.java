package dev.botgate.cli;

import dev.botgate.audit.access.AccessRecordingHolds;
import dev.botgate.audit.access.AccessRecordingReader;
import dev.botgate.audit.access.AuditReaderIdentity;
import dev.botgate.audit.postgres.DatabaseAddress;
import dev.botgate.audit.postgres.Migrations;
import dev.botgate.audit.postgres.PostgresAccessLog;
import dev.botgate.audit.postgres.PostgresHoldStore;
import dev.botgate.audit.postgres.PostgresReader;
import dev.botgate.config.Configuration;
import dev.botgate.config.ConfigurationReader;
import dev.botgate.config.LoadedConfiguration;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import dev.botgate.gateway.Blocking;
import dev.botgate.gateway.CloseStack;
import dev.botgate.gateway.LocalReaderIdentity;
import dev.botgate.gateway.TrailDatabase;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.UUID;
import picocli.CommandLine.ParameterException;

/** A command on the trail's database, beside a running gateway or without one. Reading is recorded as the user's. */
abstract class TrailCommand extends ConfiguredCommand {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    TrailCommand(ConfigurationReader reader) {
        super(reader);
    }

    /**
     * Checks what the command line says, before any database is looked for. IllegalArgumentException is the command line's
     * fault.
     */
    void check() {}

    /** Does the command's work. An exception is told in a sentence; IllegalArgumentException is the command line's fault. */
    abstract ExitCode run(Trail trail) throws Exception;

    @Override
    final ExitCode run(LoadedConfiguration loaded) {
        Logging.toError(loaded.configuration().logging());
        try {
            check();
            return onTrail(loaded.configuration());
        } catch (ParameterException e) {
            throw e;
        } catch (IllegalArgumentException refused) {
            err().println("--" + refused.getMessage());
            return ExitCode.USAGE;
        } catch (GatewayException refused) {
            if (refused.failure() == Failure.MALFORMED_REQUEST) {
                err().println("--" + refused.text());
                return ExitCode.USAGE;
            }
            return Failures.report(refused, err());
        } catch (Exception e) {
            return Failures.report(e, err());
        }
    }

    private ExitCode onTrail(Configuration configuration) throws Exception {
        try (TrailDatabase database = TrailDatabase.visitExisting(configuration.database());
                CloseStack closing = new CloseStack()) {
            new Migrations(database.address()).check();
            Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
            closing.before("event loops", vertx::close);
            PostgresReader reader = new PostgresReader(vertx, database.address());
            closing.before("trail's readers", reader::close);
            PostgresAccessLog accesses = new PostgresAccessLog(vertx, database.address());
            closing.before("records of access", accesses::close);
            return run(new Trail(
                    configuration,
                    vertx,
                    database.address(),
                    new AccessRecordingReader(reader, accesses, Clock.systemUTC()),
                    new AccessRecordingHolds(
                            new PostgresHoldStore(vertx, database.address(), Clock.systemUTC()),
                            accesses,
                            Clock.systemUTC()),
                    LocalReaderIdentity.commandLine()));
        }
    }

    /** The id that a positional parameter gives. */
    final UUID id(String value, String expected) {
        try {
            if (value.length() == 36) {
                return UUID.fromString(value);
            }
        } catch (IllegalArgumentException noId) {
            // Falls through to the refusal.
        }
        throw new ParameterException(spec().commandLine(), "ID: " + value + " (expected: " + expected + ")");
    }

    /** What {@code future} gives, within a minute. */
    static <T> T await(Future<T> future) throws Exception {
        return Blocking.await(future, LIMIT);
    }

    /** Ids and texts come from outside: what could steer a terminal is not printed. */
    static String shown(String text) {
        return text.replaceAll("[\\p{Cc}\\p{Cf}\u2028\u2029]", "?");
    }

    static void line(PrintWriter to, String format, Object... values) {
        to.println(String.format(Locale.ROOT, format, values).stripTrailing());
    }

    /** The trail as a command has it. */
    record Trail(
            Configuration configuration,
            Vertx vertx,
            DatabaseAddress address,
            AccessRecordingReader reader,
            AccessRecordingHolds holds,
            AuditReaderIdentity visitor) {}
}
