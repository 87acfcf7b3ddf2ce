package dev.botgate.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedisConnectorTest {
    @ParameterizedTest
    @CsvSource({
        "redis://10.0.0.1:6379, MOVED 3999 10.0.0.2:6381, redis://10.0.0.2:6381",
        "rediss://:secret@node:6379, MOVED 0 other.example:7000, rediss://:secret@other.example:7000",
        "redis://node:6379, MOVED 16383 :6381, redis://node:6381",
        "redis://node:6379, MOVED 1 ::1:6381, redis://[::1]:6381"
    })
    void whereAKeyIs_isReadFromWhatTheNodeSays(URI asked, String said, URI there) {
        assertThat(RedisConnector.redirect(asked, new IllegalStateException(said)))
                .contains(there);
    }

    @ParameterizedTest
    @CsvSource({"ERR unknown command", "ASK 3999 10.0.0.2:6381", "MOVED"})
    void whatSaysNoSuchThing_leadsNowhere(String said) {
        assertThat(RedisConnector.redirect(URI.create("redis://node:6379"), new IllegalStateException(said)))
                .isEmpty();
    }
}
