package dev.botgate.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(TestPostgres.class)
class PostgresServerTest {

    @Test
    void whenKilledAndRestarted_itServesTheSameDataOnTheSamePort(@TempDir Path directory) {
        try (PostgresServer server = PostgresServer.start(directory)) {
            TestDatabase database = server.createDatabase();
            database.execute("CREATE TABLE kept AS SELECT 7 AS number");
            database.execute("CHECKPOINT");

            server.kill();

            assertThatThrownBy(database::open).hasMessageContaining("refused");
            server.restart();
            assertThat(database.number("SELECT number FROM kept")).isEqualTo(7);
        }
    }

    @Test
    void eachTestClassHasADatabaseOfItsOwn(TestDatabase database) {
        assertThat(database.rows("SELECT current_database()")).containsExactly(database.name());
        assertThat(database.name()).startsWith("test_");
    }
}
