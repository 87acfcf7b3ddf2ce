package dev.botgate.hammer;

import dev.botgate.audit.AuditAnswer;
import dev.botgate.audit.OutagePolicy;
import dev.botgate.cli.Botgate;
import dev.botgate.testing.Ports;
import dev.botgate.testing.TestProcesses;
import dev.botgate.testing.TestProcesses.TestProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** A gateway in a process of its own that can be killed and started again; its ports and its journal stay. */
final class RestartableGateway {
    private final TestProcesses children;
    private final Path configuration;
    private final int port;
    private TestProcess process;

    private RestartableGateway(TestProcesses children, Path configuration, int port) {
        this.children = children;
        this.configuration = configuration;
        this.port = port;
        this.process = run();
    }

    /** Starts it with a journal of {@code journalBytes}, if with any, and a heart that beats fast. */
    static RestartableGateway start(
            TestProcesses children,
            URI database,
            URI connector,
            OutagePolicy policy,
            AuditAnswer answer,
            long journalBytes) {
        int port = Ports.free();
        String yaml =
                """
                server: { port: %d }
                admin: { port: %d }
                upstream:
                  default-connector: sandbox
                  connectors: { sandbox: { url: "%s" } }
                database: { url: "%s", connect-timeout: 5s }
                logging: { format: text }
                audit:
                  gateway: hammered
                  commit-timeout: %s
                  answer: %s
                  on-outage: %s
                  journal: { directory: journal, maximum-bytes: %d, segment-bytes: 16384, patience: 300ms }
                  heartbeat: { interval: 200ms, dead-after: 1s, journal-grace: 500ms }
                """
                        .formatted(
                                port,
                                Ports.free(),
                                connector,
                                database,
                                // After it a reply goes out that waits for its outcome, so that no blow may take as
                                // long.
                                answer == AuditAnswer.RECORDED ? "60s" : "2s",
                                answer.name().toLowerCase(Locale.ROOT).replace('_', '-'),
                                policy.name().toLowerCase(Locale.ROOT),
                                journalBytes);
        try {
            Path file = Files.writeString(children.directory().resolve("hammer.yaml"), yaml);
            return new RestartableGateway(children, file, port);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return port;
    }

    void kill() {
        process.kill();
    }

    void restart() {
        process = run();
    }

    /**
     * From now on the system lets no file of it grow beyond that, as a full disk would: a write stops in the middle, and
     * the next one fails. Of the shell's ways only this one reaches a process that runs.
     */
    void filesOfAtMost(long bytes) {
        limitFiles(Long.toString(bytes));
    }

    void endlessFiles() {
        limitFiles("unlimited");
    }

    private void limitFiles(String limit) {
        ProcessBuilder prlimit =
                new ProcessBuilder("prlimit", "--pid", Long.toString(process.pid()), "--fsize=" + limit + ":");
        try {
            int exit = prlimit.inheritIO().start().waitFor();
            if (exit != 0) {
                throw new AssertionError("prlimit ended with " + exit);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("Interrupted", e);
        }
    }

    String output() {
        return process.output();
    }

    private TestProcess run() {
        TestProcess started = children.main(Botgate.class, "run", "--config", configuration.toString());
        if (started.awaitLine("bots talk to").isEmpty()) {
            throw new AssertionError("The gateway says nothing");
        }
        return started;
    }
}
