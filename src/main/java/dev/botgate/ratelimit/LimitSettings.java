package dev.botgate.ratelimit;

import static dev.botgate.failure.SettingCheck.notNegative;
import static java.util.Objects.requireNonNullElse;

import dev.botgate.failure.SettingCheck;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One limit.
 *
 * @param match which requests it applies to; left out, all
 * @param countBy what it keeps a count of its own for: any of {@code bot}, {@code tenant}, {@code conversation}, {@code
 *     upstream}; left out, one count for all
 * @param windows how much it allows, such as {@code 7/1s, 60/30s}
 * @param mode {@code enforce} unless it says {@code shadow}
 * @param maximumWait how long a request may wait for this limit; left out, 5 s
 * @param margin by how much each window is lengthened, half for the gateway, half for the way to the connector; left out,
 *     40 ms
 */
public record LimitSettings(
        @Nullable MatchSettings match,
        @Nullable List<String> countBy,
        String windows,
        @Nullable LimitMode mode,
        @Nullable Duration maximumWait,
        @Nullable Duration margin) {
    static final Duration MAXIMUM_WAIT = Duration.ofSeconds(5);
    static final Duration MARGIN = Duration.ofMillis(40);

    public LimitSettings {
        countBy = countBy == null ? null : List.copyOf(countBy);
        if (Window.parse(windows).isEmpty()) {
            throw SettingCheck.refused(
                    "windows", "\"\"", "permits per length, separated by commas, such as 7/1s, 60/30s");
        }
        var unused = CountBy.parse(MatchSettings.orNone(countBy));
        notNegative("maximum-wait", requireNonNullElse(maximumWait, MAXIMUM_WAIT));
        notNegative("margin", requireNonNullElse(margin, MARGIN));
    }
}
