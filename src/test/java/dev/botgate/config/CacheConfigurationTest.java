package dev.botgate.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.botgate.cache.CacheSettings;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CacheConfigurationTest {
    private static final String IGNORE_NO_CACHE = "BOTGATE_CACHE_IGNORE_NO_CACHE";

    @Test
    void noCacheIsHeeded_unlessTheOperatorNamesConnectors() {
        assertThat(read(Map.of()).ignoreNoCache()).isEmpty();
        assertThat(read(Map.of(IGNORE_NO_CACHE, "[slack, facebook]")).ignoreNoCache())
                .containsExactly("slack", "facebook");
    }

    @Test
    void aConnectorThatThereIsNot_isNamed() {
        assertThatThrownBy(() -> read(Map.of(IGNORE_NO_CACHE, "[slak]")))
                .hasMessageContaining("cache.ignore-no-cache: slak (expected: one of botframework, directline, ");
    }

    private static CacheSettings read(Map<String, String> environment) {
        return new ConfigurationReader(environment, Path.of("target"))
                .read(null)
                .configuration()
                .cache();
    }
}
