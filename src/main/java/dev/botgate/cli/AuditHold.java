package dev.botgate.cli;

import dev.botgate.audit.access.AccessRecordingHolds.AddedHold;
import dev.botgate.audit.access.LegalHold;
import dev.botgate.audit.access.LegalHold.Subject;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code audit hold}: what must be kept, whatever {@code audit.retention} says. */
@Command(
        name = "hold",
        description = "Manages legal holds, which keep audit entries longer than audit.retention says.",
        subcommands = {AuditHold.Add.class, AuditHold.Remove.class, AuditHold.List.class})
final class AuditHold {
    private static void checkText(String name, String text, String expected) {
        if (text.isBlank()) {
            throw new IllegalArgumentException(name + ": none (expected: " + expected + ")");
        }
    }

    /** {@code audit hold add}. */
    @Command(
            name = "add",
            description = "Places a legal hold on all entries of a bot or a conversation, past and future.")
    static final class Add extends TrailCommand {
        @ArgGroup(multiplicity = "1")
        private Covered covered = new Covered();

        @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "Why, for the record.")
        private String reason = "";

        @Override
        void check() {
            checkText(subject().text(), value(), "the id of the " + subject().text());
            checkText("reason", reason, "why the hold is placed");
        }

        private Subject subject() {
            return covered.bot == null ? Subject.CONVERSATION : Subject.BOT;
        }

        private String value() {
            return covered.bot == null ? String.valueOf(covered.conversation) : covered.bot;
        }

        @Override
        ExitCode run(Session session) throws Exception {
            AddedHold placed = await(session.holds().add(session.identity(), subject(), value(), reason));
            out().println(placed.hold().id());
            out().flush();
            err().println(coverage(placed));
            return ExitCode.OK;
        }

        private static String coverage(AddedHold placed) {
            if (placed.entries().isEmpty()) {
                return "The hold is in effect. Its entries could not be counted in time.";
            }
            long entries = placed.entries().getAsLong();
            String on = placed.hold().subject().text() + " "
                    + TextTable.printable(placed.hold().value());
            return entries == 0
                    ? "No entry of " + on + " is recorded so far. If you expected some, check the id."
                    : "It covers " + entries + (entries == 1 ? " entry" : " entries") + " of " + on + " so far.";
        }

        /** The subject of the hold: exactly one of the two. */
        static final class Covered {
            @Option(names = "--bot", paramLabel = "ID", description = "All entries of this bot.")
            private @Nullable String bot;

            @Option(
                    names = "--conversation",
                    paramLabel = "ID",
                    description = "All entries of this conversation and its threads.")
            private @Nullable String conversation;
        }
    }

    /** {@code audit hold remove}. */
    @Command(name = "remove", description = "Removes a legal hold. The record of the hold stays.")
    static final class Remove extends TrailCommand {
        @Parameters(paramLabel = "ID", description = "The hold's id, as audit hold list prints it.")
        private @Nullable String id;

        @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "Why, for the record.")
        private String reason = "";

        @Override
        void check() {
            var unused = hold();
            checkText("reason", reason, "why the hold is removed");
        }

        private UUID hold() {
            return id(String.valueOf(id), "the id of a hold; \"audit hold list\" prints them");
        }

        @Override
        ExitCode run(Session session) throws Exception {
            if (await(session.holds().remove(session.identity(), hold(), reason))) {
                return ExitCode.OK;
            }
            err().println("No such hold is in effect: " + id + " (\"audit hold list\" prints those that are)");
            return ExitCode.FAILED;
        }
    }

    /** {@code audit hold list}. */
    @Command(name = "list", description = "Lists the legal holds in effect, oldest first.")
    static final class List extends TrailCommand {
        @Option(names = "--all", description = "Include removed holds.")
        private boolean all;

        @Override
        ExitCode run(Session session) throws Exception {
            TextTable table = new TextTable("HOLD", "SINCE (UTC)", "BY", "COVERS", "ID", "REASON");
            for (LegalHold hold : await(session.holds().list(session.identity(), all))) {
                LegalHold.Removal removal = hold.removal();
                String removed = removal == null
                        ? ""
                        : "; removed " + removal.at().truncatedTo(ChronoUnit.SECONDS) + " by " + removal.removedBy()
                                + ": " + removal.reason();
                table.add(
                        hold.id(),
                        hold.at().truncatedTo(ChronoUnit.SECONDS),
                        hold.addedBy(),
                        hold.subject().text(),
                        hold.value(),
                        hold.reason() + removed);
            }
            print(table);
            out().flush();
            return ExitCode.OK;
        }
    }
}
