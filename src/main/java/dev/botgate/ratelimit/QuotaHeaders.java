package dev.botgate.ratelimit;

import dev.botgate.ratelimit.PermitRequest.Scope;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/**
 * {@code RateLimit} and {@code RateLimit-Policy}, as in draft-ietf-httpapi-ratelimit-headers: lists of quoted policy
 * names with parameters, times in whole seconds. Every window of an enforced limit is a policy; {@code RateLimit} shows
 * the one with the least permits left.
 */
final class QuotaHeaders {
    static final String QUOTA = "RateLimit";
    static final String POLICY = "RateLimit-Policy";

    private final Map<List<Limit>, Policy> policies = new ConcurrentHashMap<>();

    /** The policy of the previous request, since most requests are under the same limits. */
    private volatile Policy latest = new Policy(List.of());

    /**
     * The part that is the same for all requests under the same limits.
     *
     * @param names of each limit's windows, quoted
     */
    private record Policy(List<Limit> limits, List<List<String>> names, String text) {
        Policy(List<Limit> limits) {
            this(limits, limits.stream().map(QuotaHeaders::names).toList(), QuotaHeaders.text(limits));
        }

        boolean isOf(List<Scope> scopes) {
            boolean same = scopes.size() == limits.size();
            for (int i = 0; same && i < scopes.size(); i++) {
                same = scopes.get(i).limit().equals(limits.get(i));
            }
            return same;
        }
    }

    /**
     * The headers of a reply to {@code request}, {@code elapsed} microseconds after {@code quota} was measured; none
     * without windows.
     */
    Map<String, String> of(PermitRequest request, Decision.Quota quota, long elapsed) {
        if (quota.scope() < 0) {
            return Map.of();
        }
        Policy policy = policy(request.scopes());
        Limit limit = request.scopes().get(quota.scope()).limit();
        // While permits remain, reset is the window's length; clients see it without the margin.
        long reset = quota.remaining() > 0 ? quota.reset() - Limit.micros(limit.margin()) : quota.reset();
        long seconds = Math.max(0, reset - elapsed + 999_999) / 1_000_000;
        Map<String, String> headers = new LinkedHashMap<>();
        String name = policy.names().get(quota.scope()).get(quota.window());
        headers.put(QUOTA, name + ";r=" + quota.remaining() + ";t=" + seconds);
        headers.put(POLICY, policy.text());
        return headers;
    }

    /**
     * The headers of a refusal. The limit that refused has no permits left; in a cooldown its windows may show some.
     */
    Map<String, String> ofRefusal(PermitRequest request, Decision refused) {
        Decision.Quota quota = refused.quota();
        boolean open = quota.remaining() > 0
                && refused.binding() >= 0
                && !request.scopes().get(refused.binding()).limit().windows().isEmpty();
        return of(request, open ? new Decision.Quota(refused.binding(), 0, 0, refused.delay()) : quota, 0);
    }

    private Policy policy(List<Scope> scopes) {
        Policy known = latest;
        if (!known.isOf(scopes)) {
            known = policies.computeIfAbsent(scopes.stream().map(Scope::limit).toList(), Policy::new);
            latest = known;
        }
        return known;
    }

    private static String text(List<Limit> limits) {
        List<String> items = new ArrayList<>();
        for (Limit limit : limits) {
            for (int w = 0; limit.enforced() && w < limit.windows().size(); w++) {
                Window window = limit.windows().get(w);
                long seconds = Math.max(1, (window.length().toMillis() + 999) / 1_000);
                items.add(name(limit, w) + ";q=" + window.permits() + ";w=" + seconds);
            }
        }
        return String.join(", ", items);
    }

    private static List<String> names(Limit limit) {
        return IntStream.range(0, limit.windows().size())
                .mapToObj(w -> name(limit, w))
                .toList();
    }

    private static String name(Limit limit, int window) {
        String suffix = limit.windows().size() == 1
                ? ""
                : "-" + limit.windows().get(window).lengthText();
        return '"' + limit.name() + suffix + '"';
    }
}
