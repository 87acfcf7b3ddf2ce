package dev.botgate.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.botgate.cache.CacheSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CacheConfigurationTest {
    private static final String IGNORE_NO_CACHE = "BOTGATE_CACHE_IGNORE_NO_CACHE";

    @Test
    void noCacheIsObeyed_exceptForNamedConnectors() {
        assertThat(read(Map.of()).ignoreNoCache()).isEmpty();
        assertThat(read(Map.of(IGNORE_NO_CACHE, "[slack, facebook]")).ignoreNoCache())
                .containsExactly("slack", "facebook");
    }

    @Test
    void aConnectorThatThereIsNot_isNamed() {
        assertThatThrownBy(() -> read(Map.of(IGNORE_NO_CACHE, "[slak]")))
                .hasMessageContaining("cache.ignore-no-cache: slak (expected: one of botframework, directline, ");
    }

    @Test
    void aRedisBlockInAnotherBlock_isReportedWithTheNearestKey(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(
                directory.resolve("my.yaml"), "cache:\n  redis: { prefix: x }\nratelimit:\n  redis: { prefix: x }\n");

        assertThatThrownBy(() -> new ConfigurationReader(Map.of(), directory).read(file))
                .hasMessageContaining("cache.redis: no such setting; did you mean redis?")
                .hasMessageContaining("ratelimit.redis: no such setting; did you mean redis?");
    }

    @Test
    void countingInRedis_needsOne() {
        Map<String, String> store = Map.of("BOTGATE_RATELIMIT_STORE", "redis");

        assertThatThrownBy(() -> read(store)).hasMessageContaining("ratelimit.store: redis (expected: memory, or ");
    }

    private static CacheSettings read(Map<String, String> environment) {
        return new ConfigurationReader(environment, Path.of("target"))
                .read(null)
                .configuration()
                .cache();
    }
}
