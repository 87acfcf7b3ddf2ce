package dev.botgate.cli;

import dev.botgate.audit.access.AccessRecordingHolds.LaidHold;
import dev.botgate.audit.access.LegalHold;
import dev.botgate.audit.access.LegalHold.Subject;
import dev.botgate.cli.TextTable.Column;
import dev.botgate.config.ConfigurationReader;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code audit hold}: what must be kept, whatever {@code audit.retention} says. */
@Command(name = "hold", description = "Keeps what a legal hold covers beyond its time.")
final class AuditHold implements Runnable {
    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public void run() {
        if (spec != null) {
            throw new ParameterException(spec.commandLine(), "Missing command");
        }
    }

    private static void checkText(String name, String text, String expected) {
        if (text.isBlank()) {
            throw new IllegalArgumentException(name + ": none (expected: " + expected + ")");
        }
    }

    /** {@code audit hold add}. */
    @Command(name = "add", description = "Lays a hold on all entries of a bot or a conversation, old and new.")
    static final class Add extends TrailCommand {
        @ArgGroup(multiplicity = "1")
        private Covered covered = new Covered();

        @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "Why, for the record.")
        private String reason = "";

        Add(ConfigurationReader reader) {
            super(reader);
        }

        @Override
        void check() {
            checkText(subject().text(), value(), "the id of the " + subject().text());
            checkText("reason", reason, "why the hold is laid");
        }

        private Subject subject() {
            return covered.bot == null ? Subject.CONVERSATION : Subject.BOT;
        }

        private String value() {
            return covered.bot == null ? String.valueOf(covered.conversation) : covered.bot;
        }

        @Override
        ExitCode run(Trail trail) throws Exception {
            LaidHold laid = await(trail.holds().add(trail.visitor(), subject(), value(), reason));
            out().println(laid.hold().id());
            out().flush();
            err().println(covered(laid));
            return ExitCode.OK;
        }

        private static String covered(LaidHold laid) {
            if (laid.entries().isEmpty()) {
                return "The hold is in effect. Its entries could not be counted in time.";
            }
            long entries = laid.entries().getAsLong();
            String on = laid.hold().subject().text() + " " + shown(laid.hold().value());
            return entries == 0
                    ? "No entry of " + on + " is recorded so far. If there should be some, check the id."
                    : "It covers " + entries + (entries == 1 ? " entry" : " entries") + " of " + on + " so far.";
        }

        /** One of the two. */
        static final class Covered {
            @Option(names = "--bot", paramLabel = "ID", description = "All entries of this bot.")
            private @Nullable String bot;

            @Option(
                    names = "--conversation",
                    paramLabel = "ID",
                    description = "All entries of this conversation, and of its threads.")
            private @Nullable String conversation;
        }
    }

    /** {@code audit hold remove}. */
    @Command(name = "remove", description = "Lifts a hold; that it was there stays on record.")
    static final class Remove extends TrailCommand {
        @Parameters(paramLabel = "ID", description = "The hold's id, as audit hold list has it.")
        private @Nullable String id;

        @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "Why, for the record.")
        private String reason = "";

        Remove(ConfigurationReader reader) {
            super(reader);
        }

        @Override
        void check() {
            var unused = hold();
            checkText("reason", reason, "why the hold is lifted");
        }

        private UUID hold() {
            return id(String.valueOf(id), "the id of a hold; \"audit hold list\" prints them");
        }

        @Override
        ExitCode run(Trail trail) throws Exception {
            if (await(trail.holds().remove(trail.visitor(), hold(), reason))) {
                return ExitCode.OK;
            }
            err().println("No such hold is in effect: " + id + " (\"audit hold list\" prints those that are)");
            return ExitCode.FAILED;
        }
    }

    /** {@code audit hold list}. */
    @Command(name = "list", description = "Lists the holds in effect, oldest first.")
    static final class List extends TrailCommand {
        @Option(names = "--all", description = "Those too that were lifted.")
        private boolean all;

        List(ConfigurationReader reader) {
            super(reader);
        }

        @Override
        ExitCode run(Trail trail) throws Exception {
            TextTable table = new TextTable(
                    Column.whole("HOLD"),
                    Column.whole("SINCE (UTC)"),
                    Column.cut("BY"),
                    Column.whole("COVERS"),
                    Column.whole("ID"),
                    Column.whole("REASON"));
            for (LegalHold hold : await(trail.holds().list(trail.visitor(), all))) {
                LegalHold.Removal removal = hold.removal();
                table.add(
                        hold.id().toString(),
                        hold.at().truncatedTo(ChronoUnit.SECONDS).toString(),
                        shown(hold.addedBy()),
                        hold.subject().text(),
                        shown(hold.value()),
                        shown(hold.reason())
                                + (removal == null
                                        ? ""
                                        : "; lifted " + removal.at().truncatedTo(ChronoUnit.SECONDS) + " by "
                                                + shown(removal.removedBy()) + ": " + shown(removal.reason())));
            }
            table.print(TerminalWidth.ofOutput(), out());
            out().flush();
            return ExitCode.OK;
        }
    }
}
