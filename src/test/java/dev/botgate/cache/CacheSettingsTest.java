package dev.botgate.cache;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.botgate.testing.TestSettings;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class CacheSettingsTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    @Test
    void whatMakesNoSense_isRefusedByName() {
        assertThatThrownBy(() -> with("maximumBytes", -1L)).hasMessage("maximum-bytes: -1 (expected: >= 0)");
        assertThatThrownBy(() -> with("notFoundFor", MINUTE.negated()))
                .hasMessageStartingWith("not-found-for: -60s (expected: ");
        assertThatThrownBy(() -> with("loadDeadline", Duration.ZERO))
                .hasMessageStartingWith("load-deadline: 0s (expected: ");
        assertThatThrownBy(() -> new ListSettings(MINUTE.negated(), MINUTE, MINUTE))
                .hasMessageStartingWith("fresh-for: -60s (expected: ");
        assertThatThrownBy(() -> new ListSettings(MINUTE, Duration.ofDays(366), MINUTE))
                .hasMessage("stale-while-revalidate: 31622400s (expected: at most a year)");
        assertThatThrownBy(() -> new ListSettings(MINUTE, MINUTE, Duration.ofSeconds(Long.MAX_VALUE)))
                .hasMessageStartingWith("stale-if-error: ");
    }

    private static CacheSettings with(String name, Object value) {
        return TestSettings.with(TestSettings.PACKAGED.cache(), name, value);
    }
}
