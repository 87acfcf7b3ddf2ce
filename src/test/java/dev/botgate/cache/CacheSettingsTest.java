package dev.botgate.cache;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class CacheSettingsTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final ListSettings LISTS = new ListSettings(MINUTE, MINUTE, MINUTE);

    @Test
    void whatMakesNoSense_isRefusedByName() {
        assertThatThrownBy(() -> settings(-1, MINUTE, MINUTE)).hasMessage("maximum-bytes: -1 (expected: >= 0)");
        assertThatThrownBy(() -> settings(1, MINUTE.negated(), MINUTE))
                .hasMessageStartingWith("not-found-for: -60s (expected: ");
        assertThatThrownBy(() -> settings(1, MINUTE, Duration.ZERO))
                .hasMessageStartingWith("load-deadline: 0s (expected: ");
        assertThatThrownBy(() -> new ListSettings(MINUTE.negated(), MINUTE, MINUTE))
                .hasMessageStartingWith("fresh-for: -60s (expected: ");
        assertThatThrownBy(() -> new ListSettings(MINUTE, Duration.ofDays(366), MINUTE))
                .hasMessage("stale-while-revalidate: 31622400s (expected: at most a year)");
        assertThatThrownBy(() -> new ListSettings(MINUTE, MINUTE, Duration.ofSeconds(Long.MAX_VALUE)))
                .hasMessageStartingWith("stale-if-error: ");
    }

    private static CacheSettings settings(long room, Duration notFoundFor, Duration loadDeadline) {
        return new CacheSettings(room, LISTS, LISTS, LISTS, notFoundFor, loadDeadline, MINUTE, List.of());
    }
}
