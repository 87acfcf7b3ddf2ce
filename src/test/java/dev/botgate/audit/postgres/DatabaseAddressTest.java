package dev.botgate.audit.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.botgate.testing.TestSettings;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.SslMode;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseAddressTest {

    @Test
    void bothClientsGoToTheSameDatabase() {
        DatabaseAddress address = address("postgresql://db.example:6543/trail%20one");

        PgConnectOptions options = address.connectOptions("test");

        assertThat(options.getHost()).isEqualTo("db.example");
        assertThat(options.getPort()).isEqualTo(6543);
        assertThat(options.getDatabase()).isEqualTo("trail one");
        assertThat(options.getUser()).isEqualTo("writer");
        assertThat(options.getPassword()).isEqualTo("se:cr@t");
        assertThat(address.jdbcUrl()).isEqualTo("jdbc:postgresql://db.example:6543/trail%20one");
        assertThat(address.jdbcProperties())
                .containsEntry("user", "writer")
                .containsEntry("password", "se:cr@t")
                .containsEntry("connectTimeout", "3")
                .containsEntry("sslmode", "prefer");
    }

    @Test
    void whatTheUrlLeavesOut_isAsInLibpq() {
        PgConnectOptions options = address("postgresql://[::1]").connectOptions("test");

        assertThat(options.getHost()).isEqualTo("::1");
        assertThat(options.getPort()).isEqualTo(5432);
        assertThat(options.getDatabase()).isEqualTo("writer");
        assertThat(address("postgresql://[::1]").jdbcUrl()).isEqualTo("jdbc:postgresql://[::1]:5432/writer");
    }

    @ParameterizedTest
    @CsvSource({
        "disable, DISABLE, true, ",
        "require, REQUIRE, true, ",
        "verify-ca, VERIFY_CA, false, ''",
        "VERIFY-FULL, VERIFY_FULL, false, HTTPS"
    })
    void sslmodeDecidesWhatIsVerified(String mode, SslMode expected, boolean trustsAll, String hostNames) {
        DatabaseAddress address = address("postgresql://db/trail?sslmode=" + mode);

        ClientSSLOptions ssl = address.connectOptions("test").getSslOptions();

        assertThat(address.connectOptions("test").getSslMode()).isEqualTo(expected);
        assertThat(ssl.isTrustAll()).isEqualTo(trustsAll);
        assertThat(ssl.getHostnameVerificationAlgorithm()).isEqualTo(hostNames);
        assertThat(address.jdbcProperties()).containsEntry("sslmode", expected.value);
        assertThat(address.jdbcProperties().containsKey("sslfactory")).isEqualTo(!trustsAll);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sslmode=verify", "sslmode", "ssl=true", "sslmode=require&options=-c"})
    void whatIsNotUnderstood_isRefusedByName(String parameters) {
        assertThatThrownBy(() -> address("postgresql://db/trail?" + parameters))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("url: ")
                .hasMessageContaining("expected: ");
    }

    private static DatabaseAddress address(String url) {
        DatabaseSettings settings = TestSettings.with(
                TestSettings.PACKAGED.database(),
                "url",
                URI.create(url),
                "user",
                "writer",
                "password",
                "se:cr@t",
                "connectTimeout",
                Duration.ofSeconds(3));
        return new DatabaseAddress(URI.create(url), settings);
    }
}
