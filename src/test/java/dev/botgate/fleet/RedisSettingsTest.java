package dev.botgate.fleet;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RedisSettingsTest {
    @Test
    void whatMakesNoSense_isRefusedByName() {
        assertThatThrownBy(() -> settings("http://x", "p")).hasMessageStartingWith("url: this URL (expected: redis://");
        assertThatThrownBy(() -> settings("redis:x", "p")).hasMessageStartingWith("url: this URL (expected: redis://");
        assertThatThrownBy(() -> settings(null, " ")).hasMessageStartingWith("prefix: ");
        assertThatThrownBy(() -> settings(null, "a{b}")).hasMessageStartingWith("prefix: a{b} (expected: ");
    }

    private static RedisSettings settings(@Nullable String url, String prefix) {
        Duration second = Duration.ofSeconds(1);
        return new RedisSettings(url == null ? null : URI.create(url), prefix, second, second, second, null);
    }
}
