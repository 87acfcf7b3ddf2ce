package dev.botgate.cli;

import dev.botgate.audit.postgres.Migrations;
import dev.botgate.config.ConfigurationReader;
import dev.botgate.gateway.TrailDatabase;
import java.util.List;
import picocli.CommandLine.Command;

/** {@code migrate}: brings the trail's schema up to date, whatever {@code database.migrate} says. */
@Command(name = "migrate", description = "Brings the audit trail's schema up to date.")
final class Migrate extends ConfiguredCommand {
    @Override
    ExitCode run(ConfigurationReader.Loaded loaded) {
        Logging.toError(loaded.configuration().logging());
        try (TrailDatabase database = TrailDatabase.visit(loaded.configuration().database())) {
            List<String> applied = new Migrations(database.address()).migrate();
            applied.forEach(migration -> out().println("Applied " + migration));
            if (applied.isEmpty()) {
                out().println("Nothing to apply");
            }
            return ExitCode.OK;
        } catch (RuntimeException e) {
            return report(e);
        }
    }
}
