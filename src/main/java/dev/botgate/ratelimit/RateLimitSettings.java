package dev.botgate.ratelimit;

import static dev.botgate.failure.SettingCheck.atLeast;
import static dev.botgate.failure.SettingCheck.notNegative;
import static dev.botgate.failure.SettingCheck.positive;
import static java.util.Objects.requireNonNullElse;

import dev.botgate.failure.SettingCheck;
import dev.botgate.operation.Operation;
import dev.botgate.ratelimit.Limit.CountBy;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

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
            if (name.equals(LimitTable.UPSTREAM_THROTTLE) || Preset.owns(name)) {
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

    /**
     * What one bot is owed where it shares a limit with others.
     *
     * @param weight its share, against 1 of every bot that is not named
     */
    public record BotSettings(double weight) {
        public BotSettings {
            if (!(weight >= 0.01 && weight <= 1_000)) {
                throw SettingCheck.refused("weight", weight, "0.01 to 1000");
            }
        }
    }

    /**
     * What gives way to replies, such as proactive broadcasts.
     *
     * @param operations operations that are background work, by id
     * @param bots bots whose every request is background work, by app id
     * @param patience background work may join the queue while its moment is within this part of {@code maximum-wait}, above 0
     *     to 1; the rest of the queue is kept for everything else, which also goes before it; 1 makes no difference between them
     */
    public record BackgroundSettings(List<String> operations, List<String> bots, double patience) {
        public BackgroundSettings {
            operations = List.copyOf(operations);
            bots = List.copyOf(bots);
            MatchSettings.checkOperations("operations", operations);
            if (!(patience > 0 && patience <= 1)) {
                throw SettingCheck.refused("patience", patience, "above 0 to 1");
            }
        }
    }

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
            List<String> upstreams,
            @Nullable LimitMode mode,
            @Nullable Duration maximumWait,
            @Nullable Duration margin) {
        public PresetSettings {
            upstreams = List.copyOf(upstreams);
            notNegative("maximum-wait", requireNonNullElse(maximumWait, LimitSettings.MAXIMUM_WAIT));
            notNegative("margin", requireNonNullElse(margin, LimitSettings.MARGIN));
        }
    }

    /**
     * Which requests a limit applies to: those that pass each list; a list that is empty or left out is passed by all.
     *
     * @param operations operations by their ids, such as {@code SendToConversation}, or {@code other}
     * @param upstreams connectors by their configured names
     * @param bots bots by their app ids
     */
    public record MatchSettings(
            @Nullable List<String> operations, @Nullable List<String> upstreams, @Nullable List<String> bots) {
        /** What every request passes. */
        static final MatchSettings EVERYTHING = new MatchSettings(null, null, null);

        public MatchSettings {
            operations = copy(operations);
            upstreams = copy(upstreams);
            bots = copy(bots);
            checkOperations("operations", orNone(operations));
        }

        private static @Nullable List<String> copy(@Nullable List<String> list) {
            return list == null ? null : List.copyOf(list);
        }

        static List<String> orNone(@Nullable List<String> list) {
            return list == null ? List.of() : list;
        }

        static void checkOperations(String name, List<String> operations) {
            for (String operation : operations) {
                if (Operation.withId(operation).isEmpty()) {
                    throw SettingCheck.refused(
                            name, "\"" + operation + "\"", "the name of an operation, such as SendToConversation");
                }
            }
        }
    }

    /**
     * What becomes of an upstream's 429 and 412.
     *
     * @param maximumCooldown the longest {@code Retry-After} that is believed
     * @param restart how long admissions stay spaced evenly after a closure
     * @param adaptive whether repeated 429s under a limit that was kept lower it
     * @param decrease what a repeated 429 multiplies the limit by
     * @param floor the least part of the limit that is left
     * @param recovery how long a limit takes from nothing to its whole, without another 429
     */
    public record ThrottleSettings(
            Duration maximumCooldown,
            Duration restart,
            boolean adaptive,
            double decrease,
            double floor,
            Duration recovery) {
        public ThrottleSettings {
            positive("maximum-cooldown", maximumCooldown);
            SettingCheck.notNegative("restart", restart);
            if (!(decrease > 0 && decrease < 1)) {
                throw SettingCheck.refused("decrease", decrease, "above 0, below 1");
            }
            if (!(floor >= 0.01 && floor <= 1)) {
                throw SettingCheck.refused("floor", floor, "0.01 to 1");
            }
            positive("recovery", recovery);
        }
    }

    /** What a limit does with a request that it has no permit for. */
    public enum LimitMode {
        /** Lets it wait, or refuses it. */
        ENFORCE,
        /** Counts and reports it, and lets it through. */
        SHADOW
    }

    /** Where permits are counted. */
    public enum StoreKind {
        /** In this process, for one gateway. */
        MEMORY,
        /** In Redis, for all gateways that share it. */
        REDIS
    }

    /** What a gateway does while Redis is gone. */
    public enum StoreOutagePolicy {
        /** Keeps its own share of every limit: the limit by the number of gateways, rounded down. */
        SHARE,
        /** Refuses whatever a limit applies to. */
        REFUSE,
        /** Lets everything through. */
        OPEN
    }
}
