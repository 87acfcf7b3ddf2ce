package dev.botgate.cache;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class CacheSettingsTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    @Test
    void whatMakesNoSense_isRefusedByName() {
        assertThatThrownBy(() -> new CacheSettings(-1, MINUTE, MINUTE, MINUTE))
                .hasMessage("maximum-bytes: -1 (expected: >= 0)");
        assertThatThrownBy(() -> new CacheSettings(1, MINUTE.negated(), MINUTE, MINUTE))
                .hasMessageStartingWith("conversation-members: -60s (expected: ");
        assertThatThrownBy(() -> new CacheSettings(1, MINUTE, Duration.ofDays(366), MINUTE))
                .hasMessage("activity-members: 31622400s (expected: at most a year)");
        assertThatThrownBy(() -> new CacheSettings(1, MINUTE, MINUTE, Duration.ofSeconds(Long.MAX_VALUE)))
                .hasMessageStartingWith("paged-members: ");
    }
}
