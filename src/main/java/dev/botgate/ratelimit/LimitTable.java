package dev.botgate.ratelimit;

import dev.botgate.exchange.Caller;
import dev.botgate.exchange.RequestHead;
import dev.botgate.operation.Operation;
import dev.botgate.operation.Route;
import dev.botgate.ratelimit.Limit.CountBy;
import dev.botgate.ratelimit.PermitRequest.Scope;
import dev.botgate.ratelimit.RateLimitSettings.BotSettings;
import dev.botgate.ratelimit.RateLimitSettings.LimitMode;
import dev.botgate.ratelimit.RateLimitSettings.LimitSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * All limits, and which of them apply to a request. Immutable but for a cache; safe on any thread.
 *
 * <p>Requests without an id are counted together: all requests of a bot without a conversation share one count, and all
 * without a tenant. A bot without an app id is identified by the digest of its credential.
 */
final class LimitTable {
    /** The name of the limit without windows to which a cooldown applies if no other limit does. */
    static final String UPSTREAM_THROTTLE = "upstream-throttle";

    private static final String ABSENT = "-";
    private static final String CREDENTIAL = "credential:";

    private final List<Limit> limits;
    private final Limit throttleLimit;
    /** By operation, then by upstream; filled on demand. */
    private final Map<Operation, Map<String, List<Limit>>> byOperation = new EnumMap<>(Operation.class);

    private final Map<String, BotSettings> bots;
    private final Set<Operation> backgroundOperations;
    private final Set<String> backgroundBots;
    private final double backgroundPatience;

    LimitTable(RateLimitSettings settings) {
        List<Limit> all = new ArrayList<>();
        settings.presets()
                .forEach((name, preset) ->
                        all.addAll(Preset.named(name).orElseThrow().limits(preset)));
        settings.limits().forEach((name, limit) -> all.add(Limit.of(name, limit)));
        this.limits = List.copyOf(all);
        for (Operation operation : Operation.values()) {
            byOperation.put(operation, new ConcurrentHashMap<>());
        }
        this.throttleLimit = new Limit(
                UPSTREAM_THROTTLE,
                EnumSet.allOf(Operation.class),
                Set.of(),
                Set.of(),
                Set.of(CountBy.UPSTREAM, CountBy.BOT, CountBy.CONVERSATION),
                List.of(),
                Duration.ZERO,
                LimitMode.ENFORCE,
                LimitSettings.MAXIMUM_WAIT);
        this.bots = settings.bots();
        this.backgroundOperations = settings.background().operations().isEmpty()
                ? Set.of()
                : Collections.unmodifiableSet(
                        Limit.operations(settings.background().operations()));
        this.backgroundBots = Set.copyOf(settings.background().bots());
        this.backgroundPatience = settings.background().patience();
    }

    /** The configured limits, presets first. */
    List<Limit> limits() {
        return limits;
    }

    /** The limit called {@link #UPSTREAM_THROTTLE}. */
    Limit throttleLimit() {
        return throttleLimit;
    }

    /** The permits that a request of {@code caller} needs. */
    PermitRequest request(RequestHead head, Caller caller, long clientWait) {
        Operation operation = head.route().operation();
        String bot = bot(caller);
        List<Scope> scopes = new ArrayList<>(4);
        boolean enforced = false;
        for (Limit limit : applying(head.route(), head.upstream())) {
            if (limit.matchesBot(bot)) {
                scopes.add(new Scope(limit, key(limit, head, caller, bot)));
                enforced |= limit.enforced();
            }
        }
        if (!enforced) {
            scopes.add(new Scope(throttleLimit, key(throttleLimit, head, caller, bot)));
        }
        BotSettings known = bots.get(bot);
        boolean background =
                backgroundPatience < 1 && (backgroundOperations.contains(operation) || backgroundBots.contains(bot));
        return new PermitRequest(
                scopes,
                bot.hashCode(),
                known == null ? 1 : known.weight(),
                background ? backgroundPatience : 1,
                background,
                clientWait);
    }

    /** The scope that a throttle of {@code request} closes: the enforced one that counts by the most ids. */
    static Scope narrowestScope(PermitRequest request) {
        return request.scopes().stream()
                .filter(scope -> scope.limit().enforced())
                .max(Comparator.comparingInt(
                                (Scope scope) -> scope.limit().countBy().size())
                        .thenComparing(scope -> -request.scopes().indexOf(scope)))
                .orElseThrow();
    }

    /** An unknown route with a conversation is also under the limits of the operation that it resembles. */
    private List<Limit> applying(Route route, String upstream) {
        if (route.known() || route.conversation() == null) {
            return applying(route.operation(), upstream);
        }
        Operation similar = route.mutation() ? Operation.SEND_TO_CONVERSATION : Operation.GET_CONVERSATION_MEMBERS;
        return limits.stream()
                .filter(limit -> limit.matches(route.operation(), upstream) || limit.matches(similar, upstream))
                .toList();
    }

    private List<Limit> applying(Operation operation, String upstream) {
        Map<String, List<Limit>> byUpstream = Objects.requireNonNull(byOperation.get(operation));
        List<Limit> known = byUpstream.get(upstream);
        return known != null
                ? known
                : byUpstream.computeIfAbsent(upstream, name -> limits.stream()
                        .filter(limit -> limit.matches(operation, name))
                        .toList());
    }

    private static String bot(Caller caller) {
        String bot = caller.bot();
        return bot == null ? CREDENTIAL + caller.credentialDigest() : bot;
    }

    private static String key(Limit limit, RequestHead head, Caller caller, String bot) {
        StringBuilder key = new StringBuilder(96).append(limit.name());
        if (limit.countBy().contains(CountBy.UPSTREAM)) {
            append(key, head.upstream());
        }
        if (limit.countBy().contains(CountBy.TENANT)) {
            append(key, caller.tenantId().orElse(ABSENT));
        }
        if (limit.countBy().contains(CountBy.BOT)) {
            append(key, bot);
        }
        if (limit.countBy().contains(CountBy.CONVERSATION)) {
            append(key, head.route().conversationId().orElse(ABSENT));
        }
        return key.toString();
    }

    /** Escapes the separator, since ids come from clients. */
    private static void append(StringBuilder key, String id) {
        key.append('|');
        if (id.indexOf('|') < 0 && id.indexOf('%') < 0) {
            key.append(id);
        } else {
            key.append(id.replace("%", "%25").replace("|", "%7C"));
        }
    }
}
