package dev.botgate.ratelimit;

import static dev.botgate.failure.SettingCheck.notNegative;
import static java.util.Objects.requireNonNullElse;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The shipped limits of one kind of connector, and where they are on.
 *
 * @param upstreams the connectors that they are on for, by name; empty for none
 * @param mode {@code enforce} unless it says {@code shadow}
 * @param maximumWait how long a request may wait for one of them; left out, 5 s
 * @param margin by how much each window is lengthened, half for the gateway, half for the way to the connector; left out,
 *     40 ms
 */
public record PresetSettings(
        List<String> upstreams, @Nullable LimitMode mode, @Nullable Duration maximumWait, @Nullable Duration margin) {
    public PresetSettings {
        upstreams = List.copyOf(upstreams);
        notNegative("maximum-wait", requireNonNullElse(maximumWait, LimitSettings.MAXIMUM_WAIT));
        notNegative("margin", requireNonNullElse(margin, LimitSettings.MARGIN));
    }
}
