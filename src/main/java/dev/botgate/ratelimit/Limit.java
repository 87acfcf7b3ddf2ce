package dev.botgate.ratelimit;

import static java.util.Objects.requireNonNullElse;

import dev.botgate.failure.SettingCheck;
import dev.botgate.operation.Operation;
import dev.botgate.ratelimit.RateLimitSettings.LimitMode;
import dev.botgate.ratelimit.RateLimitSettings.LimitSettings;
import dev.botgate.ratelimit.RateLimitSettings.MatchSettings;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A configured limit, with its defaults applied. Immutable.
 *
 * @param name its configured name
 * @param operations which operations it applies to; never empty
 * @param upstreams which connectors; empty for all
 * @param bots which bots; empty for all
 * @param countBy the ids by which it counts separately
 * @param windows how much it allows; none for a limit that exists only for cooldowns
 * @param margin the time by which each window is lengthened
 * @param mode whether it delays and refuses
 * @param maximumWait how long a request may wait for it
 */
public record Limit(
        String name,
        Set<Operation> operations,
        Set<String> upstreams,
        Set<String> bots,
        Set<CountBy> countBy,
        List<Window> windows,
        Duration margin,
        LimitMode mode,
        Duration maximumWait) {
    static final long MAX_LEAD = 20_000;
    private static final long MIN_TOLERANCE = 5_000;

    public Limit {
        operations = Set.copyOf(operations);
        upstreams = Set.copyOf(upstreams);
        bots = Set.copyOf(bots);
        countBy = Set.copyOf(countBy);
        windows = List.copyOf(windows);
    }

    static Limit of(String name, LimitSettings settings) {
        MatchSettings match = requireNonNullElse(settings.match(), MatchSettings.EVERYTHING);
        return new Limit(
                name,
                operations(MatchSettings.orNone(match.operations())),
                new HashSet<>(MatchSettings.orNone(match.upstreams())),
                new HashSet<>(MatchSettings.orNone(match.bots())),
                CountBy.parse(MatchSettings.orNone(settings.countBy())),
                Window.parse(settings.windows()),
                requireNonNullElse(settings.margin(), LimitSettings.MARGIN),
                requireNonNullElse(settings.mode(), LimitMode.ENFORCE),
                requireNonNullElse(settings.maximumWait(), LimitSettings.MAXIMUM_WAIT));
    }

    /** The same limit with other windows. */
    Limit with(List<Window> others) {
        return new Limit(name, operations, upstreams, bots, countBy, others, margin, mode, maximumWait);
    }

    static Set<Operation> operations(Collection<String> ids) {
        return ids.isEmpty()
                ? EnumSet.allOf(Operation.class)
                : ids.stream()
                        .map(id -> Operation.withId(id).orElseThrow())
                        .collect(Collectors.toCollection(() -> EnumSet.noneOf(Operation.class)));
    }

    boolean matches(Operation operation, String upstream) {
        return operations.contains(operation) && (upstreams.isEmpty() || upstreams.contains(upstream));
    }

    boolean matchesBot(String bot) {
        return bots.isEmpty() || bots.contains(bot);
    }

    public boolean enforced() {
        return mode == LimitMode.ENFORCE;
    }

    /** Whether it is enforced and has windows. */
    public boolean limits() {
        return enforced() && !windows.isEmpty();
    }

    /** Whether bots share its counts. */
    public boolean shared() {
        return !countBy.contains(CountBy.BOT);
    }

    /** The length of window {@code index} with its margin, in microseconds. */
    public long micros(int index) {
        return micros(windows.get(index).length().plus(margin));
    }

    /** The length of the longest window with its margin, in microseconds; 0 without windows. */
    public long longestMicros() {
        long longest = 0;
        for (int w = 0; w < windows.size(); w++) {
            longest = Math.max(longest, micros(w));
        }
        return longest;
    }

    /**
     * How long after its time a permit may be used, in microseconds: half of the margin, at least 5 ms, since timers
     * are not finer.
     *
     * The other half is for the way to the connector and for different delays between gateways and store.
     */
    long tolerance() {
        return limits() && !margin.isZero() ? Math.max(MIN_TOLERANCE, micros(margin) / 2) : Long.MAX_VALUE;
    }

    /** How long before its time a waiting request may be resumed, in microseconds. */
    public long lead() {
        return limits() && !margin.isZero() ? Math.min(tolerance(), MAX_LEAD) : 0;
    }

    /** {@link #maximumWait} in microseconds. */
    public long maximumWaitMicros() {
        return micros(maximumWait);
    }

    /** {@code duration} in microseconds. */
    public static long micros(Duration duration) {
        return Math.addExact(Math.multiplyExact(duration.getSeconds(), 1_000_000L), duration.getNano() / 1_000);
    }

    /** An id by which a limit counts separately. */
    public enum CountBy {
        BOT,
        TENANT,
        CONVERSATION,
        UPSTREAM;

        /** Parses the names in settings. */
        static Set<CountBy> parse(List<String> names) {
            Set<CountBy> parsed = EnumSet.noneOf(CountBy.class);
            for (String name : names) {
                parsed.add(Arrays.stream(values())
                        .filter(choice -> choice.id().equalsIgnoreCase(name))
                        .findFirst()
                        .orElseThrow(() -> SettingCheck.refused(
                                "count-by",
                                "\"" + name + "\"",
                                "any of "
                                        + Arrays.stream(values())
                                                .map(CountBy::id)
                                                .collect(Collectors.joining(", ")))));
            }
            return parsed;
        }

        String id() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The windows of a limit in arrays, shared by the logs of all its scopes. Immutable. */
    static final class CompiledWindows {
        private final int[] permits;
        private final long[] lengths;
        private final long longest;
        private final int maximumPermits;
        private final boolean shared;
        private final boolean tagged;

        CompiledWindows(Limit limit) {
            int windows = limit.windows().size();
            permits = new int[windows];
            lengths = new long[windows];
            long maximumLength = 0;
            int maximum = 0;
            for (int w = 0; w < windows; w++) {
                permits[w] = limit.windows().get(w).permits();
                lengths[w] = limit.micros(w);
                maximumLength = Math.max(maximumLength, lengths[w]);
                maximum = Math.max(maximum, permits[w]);
            }
            longest = maximumLength;
            maximumPermits = maximum;
            shared = limit.shared();
            tagged = shared || !limit.enforced();
        }

        int count() {
            return permits.length;
        }

        int permits(int w) {
            return permits[w];
        }

        /** With the margin, in microseconds. */
        long length(int w) {
            return lengths[w];
        }

        long longest() {
            return longest;
        }

        int maximumPermits() {
            return maximumPermits;
        }

        /** Whether bots share its counts. */
        boolean shared() {
            return shared;
        }

        /** Whether admissions have tags: the owner, or in shadow mode the time of the request. */
        boolean tagged() {
            return tagged;
        }
    }
}
