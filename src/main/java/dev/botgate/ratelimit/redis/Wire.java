package dev.botgate.ratelimit.redis;

import dev.botgate.ratelimit.Ask;
import dev.botgate.ratelimit.Decision;
import dev.botgate.ratelimit.Limit;
import dev.botgate.ratelimit.Scope;
import dev.botgate.ratelimit.ThrottleSettings;
import dev.botgate.ratelimit.ThrottleState;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.List;

/** What goes to the scripts and comes back; their heads say what each thing means. */
final class Wire {
    private Wire() {}

    static List<String> decideKeys(Keys keys, Ask ask) {
        List<String> out = new ArrayList<>(3 + 3 * ask.scopes().size());
        out.add(keys.clock());
        out.add(keys.settle());
        out.add(keys.epoch());
        for (Scope scope : ask.scopes()) {
            out.add(keys.log(scope.key()));
            out.add(keys.word(scope.key()));
            out.add(scope.limit().shared() ? keys.pace(scope.key()) : keys.solid(scope.key()));
        }
        return out;
    }

    /**
     * @param newcomer whether nothing may be given to this gateway before the fleet has settled
     * @param epoch the one that this gateway knows
     */
    static List<String> decideArguments(Ask ask, String id, boolean newcomer, String epoch) {
        List<String> out = new ArrayList<>(32);
        out.add(id);
        out.add(Integer.toString(ask.owner()));
        out.add(decimal(ask.weight()));
        out.add(Long.toString(Math.min(ask.atMost(), 1_000_000_000_000_000L)));
        out.add(Integer.toString(ask.scopes().size()));
        out.add(newcomer ? "1" : "0");
        out.add(epoch);
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

    /** Whether Redis has forgotten everything since the epoch that it was asked by, and decided nothing. */
    static boolean forgotten(Response reply) {
        return number(reply, 8) == 2;
    }

    static long number(Response reply, int index) {
        return reply.get(index).toLong();
    }

    /** The member that {@code id} has in the log of {@code scope}. */
    static String member(Scope scope, Ask ask, String id) {
        return scope.limit().shared() ? id + ":" + ask.owner() : id;
    }

    /** @param ago how long ago {@code word} was heard */
    static List<String> throttleArguments(Word word, long ago, ThrottleSettings settings, String channel) {
        return List.of(
                Integer.toString(word.status()),
                Long.toString(word.closed()),
                Long.toString(Limit.micros(settings.restart())),
                Long.toString(word.gap()),
                settings.adaptive() ? "1" : "0",
                decimal(settings.decrease()),
                decimal(settings.floor()),
                Long.toString(Limit.micros(settings.recovery())),
                Long.toString(ThrottleState.SAME),
                Long.toString(ThrottleState.REPEATED),
                channel,
                word.key(),
                Long.toString(ago));
    }

    /** What is published of a scope: {@code status remaining factor gap key}. */
    static Word word(String message, long heardAt) {
        String[] parts = message.split(" ", 5);
        return new Word(
                parts[4],
                Integer.parseInt(parts[0]),
                heardAt,
                Long.parseLong(parts[1]),
                Long.parseLong(parts[3]),
                Double.parseDouble(parts[2]));
    }

    static String opened(String key) {
        return "0 0 1 0 " + key;
    }

    private static String decimal(double number) {
        return Double.toString(number);
    }
}
