package dev.botgate.ratelimit;

import static dev.botgate.failure.SettingCheck.atLeast;
import static dev.botgate.failure.SettingCheck.notNegative;

import dev.botgate.failure.SettingCheck;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Settings of rate control.
 *
 * @param presets shipped limits by name, see {@link Preset}, and where they are on
 * @param limits further limits, by name
 * @param bots what single bots are owed, by app id
 * @param background what gives way to everything else
 * @param throttled what becomes of an upstream's 429 and 412
 * @param maximumWaiting how many requests may wait in this gateway, half of it for background work; beyond that what cannot
 *     go at once is refused
 * @param maximumScopes how many counts are kept in memory; beyond that requests that need a new one are refused
 * @param store where permits are counted
 * @param storeOutage what is decided while Redis is gone
 * @param outageHold how long other gateways' last admissions are taken into account after Redis is gone, and how long
 *     shares are kept as well after it is back; windows up to this length are exact then
 */
public record RateLimitSettings(
        Map<String, PresetSettings> presets,
        Map<String, LimitSettings> limits,
        Map<String, BotSettings> bots,
        BackgroundSettings background,
        ThrottleSettings throttled,
        int maximumWaiting,
        int maximumScopes,
        StoreKind store,
        StoreOutagePolicy storeOutage,
        Duration outageHold) {
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,63}");

    public RateLimitSettings {
        presets = Collections.unmodifiableMap(new LinkedHashMap<>(presets));
        limits = Collections.unmodifiableMap(new LinkedHashMap<>(limits));
        bots = Map.copyOf(bots);
        for (String name : presets.keySet()) {
            if (Preset.named(name).isEmpty()) {
                throw SettingCheck.refused("presets", name, "one of " + Preset.names());
            }
        }
        for (String name : limits.keySet()) {
            if (!NAME.matcher(name).matches()) {
                throw SettingCheck.refused("limits", name, "a name of small letters, digits and hyphens");
            }
            if (name.equals(LimitTable.UPSTREAM_WORD) || Preset.owns(name)) {
                throw SettingCheck.refused("limits", name, "a name that the gateway's own limits do not have");
            }
        }
        atLeast("maximum-waiting", maximumWaiting, 0);
        atLeast("maximum-scopes", maximumScopes, 1);
        notNegative("outage-hold", outageHold);
    }

    public boolean countsInRedis() {
        return store == StoreKind.REDIS;
    }
}
