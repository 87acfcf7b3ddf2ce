package dev.botgate.embedded;

import static dev.botgate.testing.Await.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests that do nothing to the cluster share one, and leave it stopped; those that damage it have their own. */
class EmbeddedDatabaseTest {
    @TempDir
    private static Path shared;

    private final Path directory = shared.resolve("some data");

    @Test
    void whenStartedAgain_theDataAreStillThere() throws SQLException {
        try (EmbeddedDatabase first = EmbeddedDatabase.start(directory)) {
            Sql.execute(first, "CREATE TABLE kept AS SELECT 'yes' AS answer");
        }

        try (EmbeddedDatabase second = EmbeddedDatabase.start(directory)) {
            assertThat(Sql.query(second, "SELECT answer FROM kept")).isEqualTo("yes");
        }
    }

    @Test
    void whenStarted_commitsAreDurable() throws SQLException {
        try (EmbeddedDatabase database = EmbeddedDatabase.start(directory)) {
            assertThat(Sql.query(database, "SHOW fsync")).isEqualTo("on");
            assertThat(Sql.query(database, "SHOW full_page_writes")).isEqualTo("on");
            assertThat(Sql.query(database, "SHOW synchronous_commit")).isEqualTo("on");
        }
    }

    @Test
    void whenTheClustersOwnSettingsAreUnsafe_commitsAreDurableAllTheSame(@TempDir Path own) throws SQLException {
        try (EmbeddedDatabase database = EmbeddedDatabase.start(own)) {
            Sql.execute(database, "ALTER SYSTEM SET fsync = off");
        }

        try (EmbeddedDatabase database = EmbeddedDatabase.start(own)) {
            assertThat(Sql.query(database, "SHOW fsync")).isEqualTo("on");
        }
    }

    @Test
    void whenThePasswordIsWrong_nobodyGetsIn() {
        try (EmbeddedDatabase database = EmbeddedDatabase.start(directory)) {
            assertThatThrownBy(() -> Sql.connect(database, "guess").close())
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("password authentication failed");
        }
    }

    @Test
    void whenStarted_itListensOnLoopbackOnlyAndOpensNoUnixSocket() throws SQLException {
        try (EmbeddedDatabase database = EmbeddedDatabase.start(directory)) {
            assertThat(Sql.query(database, "SHOW listen_addresses")).isEqualTo("127.0.0.1");
            assertThat(Sql.query(database, "SHOW unix_socket_directories")).isEmpty();
        }
    }

    @Test
    void whenStarted_nobodyElseCanReadTheDirectoryOrThePassword() throws IOException {
        EmbeddedDatabase.start(directory).close();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
                .isEqualTo("rwx------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("password"))))
                .isEqualTo("rw-------");
    }

    @Test
    void whenClosed_theServerHasEnded() {
        EmbeddedDatabase database = EmbeddedDatabase.start(directory);

        database.close();

        until(() -> !new RunningServer(database.pid(), 0, false).runs(directory.resolve("cluster")));
        assertThat(directory.resolve("cluster/postmaster.pid")).doesNotExist();
    }

    @Test
    void whenStartedTwice_theSecondIsRefusedAndTheFirstKeepsTheDirectory() throws Exception {
        try (EmbeddedDatabase first = EmbeddedDatabase.start(directory)) {
            assertThatThrownBy(() -> EmbeddedDatabase.start(directory))
                    .isInstanceOf(EmbeddedDatabaseException.class)
                    .hasMessageContaining(directory.toRealPath().toString())
                    .hasMessageContaining("process " + ProcessHandle.current().pid());

            try (GatewayProcess other = GatewayProcess.start(directory)) {
                assertThat(other.answer()).startsWith("REFUSED");
            }
            assertThat(Sql.query(first, "SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void whenAVisitorLeaves_theServerRunsOn() throws SQLException {
        try (EmbeddedDatabase owner = EmbeddedDatabase.start(directory)) {
            try (EmbeddedDatabase visitor = EmbeddedDatabase.attach(directory).orElseThrow()) {
                assertThat(visitor.url()).isEqualTo(owner.url());
                assertThat(Sql.query(visitor, "SELECT 1")).isEqualTo("1");
            }

            assertThat(Sql.query(owner, "SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void whenNoServerRuns_thereIsNothingToAttachTo() {
        EmbeddedDatabase.start(directory).close();

        assertThat(EmbeddedDatabase.attach(directory)).isEmpty();
        assertThat(EmbeddedDatabase.attach(directory.resolve("nowhere"))).isEmpty();
    }

    @Test
    void whenADeadServersProcessIdHasGoneToAnother_itStartsAnyway(@TempDir Path own) throws IOException, SQLException {
        EmbeddedDatabase.start(own).close();
        Path cluster = own.resolve("cluster").toRealPath();
        Files.writeString(
                cluster.resolve("postmaster.pid"),
                ProcessHandle.current().pid() + "\n" + cluster + "\n1\n5432\n\n127.0.0.1\n  1  1\nready   \n");

        assertThat(EmbeddedDatabase.attach(own)).isEmpty();
        try (EmbeddedDatabase database = EmbeddedDatabase.start(own)) {
            assertThat(Sql.query(database, "SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void whenTheDataAreOfAnotherMajorVersion_theErrorNamesBoth(@TempDir Path own) throws IOException {
        EmbeddedDatabase.start(own).close();
        Path version = own.resolve("cluster/PG_VERSION");
        Files.writeString(version, "17\n");

        assertThatThrownBy(() -> EmbeddedDatabase.start(own))
                .isInstanceOf(EmbeddedDatabaseException.class)
                .hasMessageContaining("were made by PostgreSQL 17, and this is PostgreSQL 18");
    }

    @Test
    void whenTheServerCannotStart_theErrorSaysWhatItSaid(@TempDir Path own) throws IOException {
        EmbeddedDatabase.start(own).close();
        Path settings = own.resolve("cluster/postgresql.auto.conf");
        Files.writeString(settings, Files.readString(settings) + "shared_preload_libraries = 'no_such_library'\n");

        assertThatThrownBy(() -> EmbeddedDatabase.start(own))
                .isInstanceOf(EmbeddedDatabaseException.class)
                .hasMessageContaining("no_such_library")
                .hasMessageContaining("server.log");
    }

    @Test
    void whenTheDirectoryIsAFile_theErrorNamesIt(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");

        assertThatThrownBy(() -> EmbeddedDatabase.start(file))
                .isInstanceOf(EmbeddedDatabaseException.class)
                .hasMessageContaining(file + " is not a directory");
        assertThatThrownBy(() -> EmbeddedDatabase.start(file.resolve("below")))
                .isInstanceOf(EmbeddedDatabaseException.class)
                .hasMessageContaining(file.toString());
    }

    @Test
    void whenThePathCannotBeQuoted_itIsRefused(@TempDir Path folder) {
        assertThatThrownBy(() -> EmbeddedDatabase.start(folder.resolve("$HOME")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("database.data-directory");
    }

    @Test
    void whenSettingUpWasCutShort_itBeginsAgain(@TempDir Path folder) throws IOException, SQLException {
        Path half = Files.createDirectories(folder.resolve("cluster.unfinished/base"));
        Files.writeString(half.resolve("1"), "half");
        Files.createDirectories(folder.resolve("programs/unfinished"));

        try (EmbeddedDatabase database = EmbeddedDatabase.start(folder)) {
            assertThat(Sql.query(database, "SELECT 1")).isEqualTo("1");
        }
        assertThat(folder.resolve("cluster.unfinished")).doesNotExist();
        assertThat(folder.resolve("programs/unfinished")).doesNotExist();
    }
}
