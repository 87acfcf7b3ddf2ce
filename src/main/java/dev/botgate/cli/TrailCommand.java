package dev.botgate.cli;

import dev.botgate.audit.Intent;
import dev.botgate.audit.access.AccessRecordingHolds;
import dev.botgate.audit.access.AccessRecordingReader;
import dev.botgate.audit.access.AuditReaderIdentity;
import dev.botgate.audit.access.Page;
import dev.botgate.audit.postgres.DatabaseAddress;
import dev.botgate.audit.postgres.Migrations;
import dev.botgate.audit.postgres.PostgresAccessLog;
import dev.botgate.audit.postgres.PostgresHoldStore;
import dev.botgate.audit.postgres.PostgresReader;
import dev.botgate.config.Configuration;
import dev.botgate.config.ConfigurationReader;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import dev.botgate.gateway.Blocking;
import dev.botgate.gateway.CloseStack;
import dev.botgate.gateway.LocalReaderIdentity;
import dev.botgate.gateway.TrailDatabase;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ParameterException;

/** A command on the trail's database, beside a running gateway or without one. Reads are recorded under the user's name. */
abstract class TrailCommand extends ConfiguredCommand {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** Checks the arguments before the database is opened; throws IllegalArgumentException when one is wrong. */
    void check() {}

    /** Does the command's work. IllegalArgumentException means a wrong argument; any other exception is reported. */
    abstract ExitCode run(Session session) throws Exception;

    @Override
    final ExitCode run(ConfigurationReader.Loaded loaded) {
        Logging.toError(loaded.configuration().logging());
        try {
            check();
            return onTrail(loaded.configuration());
        } catch (ParameterException e) {
            throw e;
        } catch (IllegalArgumentException wrong) {
            err().println("--" + wrong.getMessage());
            return ExitCode.USAGE;
        } catch (GatewayException refused) {
            if (refused.failure() == Failure.MALFORMED_REQUEST) {
                err().println("--" + refused.text());
                return ExitCode.USAGE;
            }
            return report(refused);
        } catch (Exception e) {
            return report(e);
        }
    }

    private ExitCode onTrail(Configuration configuration) throws Exception {
        try (TrailDatabase database = TrailDatabase.visitExisting(configuration.database());
                CloseStack closing = new CloseStack()) {
            new Migrations(database.address()).check();
            Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
            closing.add("event loops", vertx::close);
            PostgresReader reader = new PostgresReader(vertx, database.address());
            closing.add("trail's readers", reader::close);
            PostgresAccessLog accesses = new PostgresAccessLog(vertx, database.address());
            closing.add("records of access", accesses::close);
            return run(new Session(
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

    /** The id in a positional parameter. */
    final UUID id(String value, String expected) {
        try {
            if (value.length() == 36) {
                return UUID.fromString(value);
            }
        } catch (IllegalArgumentException noId) {
            // Refused below.
        }
        throw new ParameterException(spec().commandLine(), "ID: " + value + " (expected: " + expected + ")");
    }

    /** The result of {@code future}, which may take a minute. */
    static <T> T await(Future<T> future) throws Exception {
        return Blocking.await(future, LIMIT);
    }

    final void print(TextTable table) {
        table.print(Terminal.width(), out());
    }

    /** Prints a page as JSON lines or as a table, then the cursors of the pages before and after, where there are any. */
    final <T> ExitCode print(
            Page<T> page, boolean json, Function<T, JsonObject> line, Function<Page<T>, TextTable> table) {
        if (json) {
            page.entries().forEach(entry -> out().println(line.apply(entry).encode()));
        } else {
            print(table.apply(page));
        }
        out().flush();
        QueryOptions.Cursor.print(page.previous(), page.next(), err());
        return ExitCode.OK;
    }

    /** The opened trail. */
    record Session(
            Configuration configuration,
            Vertx vertx,
            DatabaseAddress address,
            AccessRecordingReader reader,
            AccessRecordingHolds holds,
            AuditReaderIdentity identity) {
        /** The configured name of the bot, else its app id; null for a caller without one. */
        @Nullable
        String botName(Intent intent) {
            String bot = intent.bot();
            return bot == null ? null : configuration.audit().botNames().getOrDefault(bot, bot);
        }
    }
}
