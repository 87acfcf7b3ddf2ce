package dev.botgate.embedded;

import static dev.botgate.testing.Await.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.botgate.embedded.DirectoryLock.Purpose;
import dev.botgate.testing.Patience;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class EmbeddedDatabaseProcessTest {
    private static final int NOBODY = 65_534;
    private static final int STRANGER = 12_345;

    /** A directory that was set up before; those that a test spoils are its own, below {@code folder}. */
    @TempDir
    private static Path shared;

    @TempDir
    private Path folder;

    @Test
    void whenTheGatewayIsKilled_theNextStartHasItsDataAndTheOnlyServer() throws Exception {
        Path directory = shared.resolve("data");
        GatewayProcess killed = GatewayProcess.start(directory);
        EmbeddedDatabase visitor = EmbeddedDatabase.attach(directory).orElseThrow();
        Sql.execute(visitor, "CREATE TABLE survived AS SELECT 'yes' AS answer");
        killed.kill();
        assertThat(Sql.query(visitor, "SELECT answer FROM survived")).isEqualTo("yes");

        try (EmbeddedDatabase next = EmbeddedDatabase.start(directory)) {
            assertThat(Sql.query(next, "SELECT answer FROM survived")).isEqualTo("yes");
            assertThat(next.pid()).isNotEqualTo(killed.serverPid());
            assertThat(serversOf(directory)).containsExactly(next.pid());
        }
        until(() -> serversOf(directory).isEmpty());
    }

    @Test
    void whenGatewayAndServerAreKilled_committedDataStay() throws Exception {
        Path directory = shared.resolve("data");
        GatewayProcess killed = GatewayProcess.start(directory);
        EmbeddedDatabase visitor = EmbeddedDatabase.attach(directory).orElseThrow();
        Sql.execute(visitor, "CREATE TABLE kept AS SELECT 'yes' AS answer");
        killed.kill();
        assertThat(ProcessHandle.of(killed.serverPid()).orElseThrow().destroyForcibly())
                .isTrue();

        try (EmbeddedDatabase next = EmbeddedDatabase.start(directory)) {
            assertThat(Sql.query(next, "SELECT answer FROM kept")).isEqualTo("yes");
        }
    }

    @Test
    void whenTheServerIsKilled_itIsStartedAgainWhereItWas() throws Exception {
        Path directory = shared.resolve("data");
        try (EmbeddedDatabase database = EmbeddedDatabase.start(directory)) {
            Sql.execute(database, "CREATE TABLE outlived AS SELECT 'yes' AS answer");
            long killed = database.pid();
            URI url = database.url();
            assertThat(ProcessHandle.of(killed).orElseThrow().destroyForcibly()).isTrue();

            until(() -> database.pid() != killed);

            assertThat(Sql.query(database, "SELECT answer FROM outlived")).isEqualTo("yes");
            assertThat(database.url()).isEqualTo(url);
            assertThat(serversOf(directory)).containsExactly(database.pid());
        }
        until(() -> serversOf(directory).isEmpty());
    }

    @Test
    void whenAnotherGatewayHasTheDirectory_theErrorNamesDirectoryAndProcess() throws Exception {
        Path directory = shared.resolve("data");
        try (GatewayProcess first = GatewayProcess.start(directory);
                GatewayProcess second = GatewayProcess.start(directory)) {
            assertThat(second.answer())
                    .startsWith("REFUSED")
                    .contains(directory.toRealPath().toString())
                    .contains("process " + first.pid());
        }
    }

    @Test
    void whenACommandHasTheDirectory_aGatewayWaitsForItsEnd() throws Exception {
        Path directory = shared.resolve("data");
        Logger logger = (Logger) LoggerFactory.getLogger(DirectoryLock.class);
        CompletableFuture<ILoggingEvent> told = new CompletableFuture<>();
        AppenderBase<ILoggingEvent> ear = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                told.complete(event);
            }
        };
        ear.start();
        logger.addAppender(ear);
        try (GatewayProcess command = GatewayProcess.visit(directory)) {
            CompletableFuture<EmbeddedDatabase> gateway =
                    CompletableFuture.supplyAsync(() -> EmbeddedDatabase.start(directory));
            ILoggingEvent event = told.get(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS);
            assertThat(event.getMessage()).startsWith("Waiting");
            assertThat(event.getKeyValuePairs())
                    .anySatisfy(pair -> assertThat(pair.value).isEqualTo(command.pid() + " visit"));
            assertThat(gateway).isNotDone();

            command.close();

            try (EmbeddedDatabase started = gateway.get(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                assertThat(Sql.query(started, "SELECT 1")).isEqualTo("1");
                assertThat(serversOf(directory)).containsExactly(started.pid());
            }
        } finally {
            logger.detachAppender(ear);
        }
    }

    @Test
    void whenACommandKeepsTheDirectory_theErrorNamesItsProcess() throws Exception {
        Path directory = shared.resolve("data");
        try (GatewayProcess command = GatewayProcess.visit(directory)) {
            assertThatThrownBy(() -> EmbeddedDatabase.start(directory, Purpose.RUN, Duration.ZERO, true))
                    .isInstanceOf(EmbeddedDatabaseException.class)
                    .hasMessageContaining("by a command (process " + command.pid() + ")");
            try (EmbeddedDatabase second = EmbeddedDatabase.visit(directory, true)) {
                assertThat(second.pid()).isEqualTo(command.serverPid());
            }
        }
    }

    @Test
    void whenWhoHasTheDirectoryIsAboutToStart_aVisitSharesItsServer() throws Exception {
        Path directory = shared.resolve("data");
        CompletableFuture<EmbeddedDatabase> visit;
        try (DirectoryLock starting =
                DirectoryLock.acquire(DataDirectory.make(directory), Purpose.RUN, Duration.ZERO)) {
            visit = CompletableFuture.supplyAsync(() -> EmbeddedDatabase.visit(directory, true));
            assertThat(starting).isNotNull();
            assertThat(visit).isNotDone();
        }
        try (EmbeddedDatabase visited = visit.get(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS)) {
            assertThat(Sql.query(visited, "SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void whenTheLocaleIsNotInstalled_itStarts() throws Exception {
        Map<String, String> environment = Map.of("LC_ALL", "tlh_QO.UTF-8", "LANG", "tlh_QO", "PGDATA", "/nowhere");
        try (GatewayProcess gateway = GatewayProcess.start(List.of(), environment, folder.resolve("data"))) {
            assertThat(gateway.answer()).startsWith("PID");
        }
    }

    @Test
    void whenRunByAPlainUser_itStarts() throws Exception {
        assumeRoot();
        Path directory = Files.createDirectory(folder.resolve("data"));
        openTo(NOBODY, directory);

        try (GatewayProcess gateway = GatewayProcess.start(as(NOBODY), Map.of(), directory)) {
            assertThat(gateway.answer()).startsWith("PID");
            assertThat(DataDirectory.owner(Path.of("/proc", Long.toString(gateway.serverPid()), "cmdline")))
                    .isEqualTo(NOBODY);
        }
    }

    @Test
    void whenAnotherUserOwnsTheDirectory_theErrorNamesBoth() throws Exception {
        assumeRoot();
        Path directory = shared.resolve("data");
        EmbeddedDatabase.start(directory).close();

        try (GatewayProcess gateway = GatewayProcess.start(as(STRANGER), Map.of(), directory)) {
            assertThat(gateway.answer())
                    .startsWith("REFUSED")
                    .contains("owner: user " + DataDirectory.owner(directory) + ", this process: user " + STRANGER)
                    .contains(directory.toRealPath().toString());
        }
    }

    @Test
    void whenRunByRoot_theServerRunsAsAnUnprivilegedUser() throws Exception {
        assumeRoot();
        Path directory = shared.resolve("data");
        try (EmbeddedDatabase database = EmbeddedDatabase.start(directory)) {
            assertThat(DataDirectory.owner(directory.resolve("cluster"))).isNotZero();
            assertThat(DataDirectory.owner(Path.of("/proc", Long.toString(database.pid()), "cmdline")))
                    .isNotZero();
        }
    }

    @Test
    void whenRootCannotChangeUsers_theErrorSaysSo() throws Exception {
        assumeRoot();
        Path forbidding = Files.createDirectory(folder.resolve("bin"));
        executable(forbidding.resolve("setpriv"));
        Map<String, String> environment = Map.of("PATH", forbidding + ":" + System.getenv("PATH"));

        try (GatewayProcess gateway = GatewayProcess.start(List.of(), environment, folder.resolve("data"))) {
            assertThat(gateway.answer())
                    .startsWith("REFUSED")
                    .contains("PostgreSQL does not run as root")
                    .contains("setpriv");
        }
    }

    /** The processes that run a server on {@code directory}. */
    private static List<Long> serversOf(Path directory) {
        Path cluster = directory.toAbsolutePath().resolve("cluster");
        try (Stream<ProcessHandle> processes = ProcessHandle.allProcesses()) {
            return processes
                    .filter(process -> runsOn(cluster, process))
                    // A child that was just forked still looks like its parent.
                    .filter(process -> process.parent()
                            .filter(parent -> runsOn(cluster, parent))
                            .isEmpty())
                    .map(ProcessHandle::pid)
                    .toList();
        }
    }

    private static boolean runsOn(Path cluster, ProcessHandle process) {
        return new RunningServer(process.pid(), 0, false).runs(cluster);
    }

    private static void assumeRoot() throws IOException {
        assumeTrue(DataDirectory.currentUser() == 0, "only root can become another user");
    }

    /** A plain user, but for reading: the class path may lie in a closed directory. */
    private static List<String> as(int user) {
        return List.of(
                "setpriv",
                "--reuid=" + user,
                "--regid=" + user,
                "--clear-groups",
                "--inh-caps=+dac_read_search",
                "--ambient-caps=+dac_read_search");
    }

    private static void openTo(int user, Path directory) throws IOException {
        Files.setAttribute(directory, "unix:uid", user);
        Path parent = directory.getParent();
        Files.setPosixFilePermissions(parent, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static void executable(Path program) throws IOException {
        Files.writeString(program, "#!/bin/sh\nexit 1\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
