package dev.botgate.ratelimit.redis;

import dev.botgate.ratelimit.Ask;
import dev.botgate.ratelimit.Closure;
import dev.botgate.ratelimit.Decision;
import dev.botgate.ratelimit.Limit;
import dev.botgate.ratelimit.Scope;
import dev.botgate.ratelimit.Throttle;
import dev.botgate.ratelimit.ThrottleSettings;
import dev.botgate.ratelimit.ThrottleState;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.List;

/** What goes to the scripts and comes back; their heads say what each thing means. */
final class Wire {
    private Wire() {}

    static List<String> decideKeys(Keys keys, Ask ask) {
        List<String> out = new ArrayList<>(2 + 3 * ask.scopes().size());
        out.add(keys.clock());
        out.add(keys.settle());
        for (Scope scope : ask.scopes()) {
            out.add(keys.log(scope.key()));
            out.add(keys.word(scope.key()));
            out.add(scope.limit().shared() ? keys.pace(scope.key()) : keys.solid(scope.key()));
        }
        return out;
    }

    static List<String> decideArguments(Ask ask, String id) {
        List<String> out = new ArrayList<>(32);
        out.add(id);
        out.add(Integer.toString(ask.owner()));
        out.add(decimal(ask.weight()));
        out.add(Long.toString(Math.min(ask.atMost(), 1_000_000_000_000_000L)));
        out.add(Integer.toString(ask.scopes().size()));
        for (Scope scope : ask.scopes()) {
            Limit limit = scope.limit();
            out.add(limit.shared() ? "1" : "0");
            out.add(limit.enforced() ? "1" : "0");
            out.add(Long.toString(ask.patienceFor(limit)));
            out.add(Integer.toString(limit.windows().size()));
            for (int w = 0; w < limit.windows().size(); w++) {
                out.add(Integer.toString(limit.windows().get(w).permits()));
                out.add(Long.toString(limit.micros(w)));
            }
        }
        return out;
    }

    static Decision decision(Response reply, long reservation) {
        boolean admitted = number(reply, 0) == 1;
        return new Decision(
                admitted,
                number(reply, 1),
                admitted ? reservation : 0,
                (int) number(reply, 2),
                new Decision.Quota((int) number(reply, 3), (int) number(reply, 4), number(reply, 5), number(reply, 6)),
                number(reply, 7));
    }

    static boolean settling(Response reply) {
        return number(reply, 8) == 1;
    }

    static long number(Response reply, int index) {
        return reply.get(index).toLong();
    }

    /** The member that {@code id} has in the log of {@code scope}. */
    static String member(Scope scope, Ask ask, String id) {
        return scope.limit().shared() ? id + ":" + ask.owner() : id;
    }

    static List<String> throttleArguments(Throttle throttle, ThrottleSettings settings, String channel) {
        return List.of(
                Integer.toString(throttle.status()),
                Long.toString(Math.min(throttle.closed(), Limit.micros(settings.maximumClosure()))),
                Long.toString(Limit.micros(settings.restart())),
                Long.toString(throttle.gap()),
                settings.adaptive() ? "1" : "0",
                decimal(settings.decrease()),
                decimal(settings.floor()),
                Long.toString(Limit.micros(settings.recovery())),
                Long.toString(ThrottleState.SAME),
                Long.toString(ThrottleState.REPEATED),
                channel,
                throttle.scope().key());
    }

    /** What is published when a scope closes: {@code status remaining factor key}. */
    static Closure closure(String message) {
        String[] parts = message.split(" ", 4);
        return new Closure(
                parts[3], Integer.parseInt(parts[0]), Long.parseLong(parts[1]), Double.parseDouble(parts[2]));
    }

    static String opened(String key) {
        return "0 0 1 " + key;
    }

    private static String decimal(double number) {
        return Double.toString(number);
    }
}
