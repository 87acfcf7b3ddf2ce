package dev.botgate.ratelimit;

import dev.botgate.operation.Operation;
import dev.botgate.ratelimit.Limit.CountBy;
import dev.botgate.ratelimit.PermitRequest.Scope;
import dev.botgate.ratelimit.RateLimitSettings.LimitMode;
import dev.botgate.ratelimit.RateLimitSettings.ThrottleSettings;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Limits and asks for tests. */
public final class SampleLimits {
    public static final ThrottleSettings THROTTLED =
            new ThrottleSettings(Duration.ofHours(1), Duration.ofSeconds(5), true, 0.5, 0.25, Duration.ofSeconds(100));

    private SampleLimits() {}

    /** A limit of one bot. */
    public static Limit own(String name, String windows, Duration maximumWait) {
        return limit(name, windows, maximumWait, Set.of(CountBy.BOT), LimitMode.ENFORCE);
    }

    /** A limit that bots share. */
    public static Limit shared(String name, String windows, Duration maximumWait) {
        return limit(name, windows, maximumWait, Set.of(CountBy.CONVERSATION), LimitMode.ENFORCE);
    }

    public static Limit limit(String name, String windows, Duration maximumWait, Set<CountBy> countBy, LimitMode mode) {
        return new Limit(
                name,
                EnumSet.allOf(Operation.class),
                Set.of(),
                Set.of(),
                countBy,
                Window.parse(windows),
                Duration.ZERO,
                mode,
                maximumWait);
    }

    /** A request of bot {@code owner} that can wait for as long as its limits allow. */
    public static PermitRequest ask(int owner, Scope... scopes) {
        return new PermitRequest(List.of(scopes), owner, 1, 1, false, Long.MAX_VALUE);
    }
}
