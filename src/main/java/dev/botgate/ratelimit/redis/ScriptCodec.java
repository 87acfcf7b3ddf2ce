package dev.botgate.ratelimit.redis;

import dev.botgate.ratelimit.Decision;
import dev.botgate.ratelimit.Limit;
import dev.botgate.ratelimit.PermitRequest;
import dev.botgate.ratelimit.Scope;
import dev.botgate.ratelimit.ThrottleSettings;
import dev.botgate.ratelimit.ThrottleState;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What goes to the scripts and comes back; their heads say what each thing means. */
final class ScriptCodec {
    private ScriptCodec() {}

    static List<String> decideKeys(RedisKeys keys, PermitRequest ask) {
        List<String> out = new ArrayList<>(3 + 3 * ask.scopes().size());
        out.add(keys.clock());
        out.add(keys.settle());
        out.add(keys.epoch());
        for (Scope scope : ask.scopes()) {
            out.add(keys.word(scope.key()));
            out.add(keys.mark(scope));
        }
        for (Scope scope : ask.scopes()) {
            out.add(keys.log(scope.key()));
        }
        return out;
    }

    /**
     * @param newcomer whether nothing may be given to this gateway before the fleet has settled
     * @param epoch the one that this gateway knows
     */
    static List<String> decideArguments(PermitRequest ask, String id, boolean newcomer, String epoch) {
        List<String> out = new ArrayList<>(6 + 3 * ask.scopes().size());
        out.add(id);
        out.add(Integer.toString(ask.owner()));
        out.add(decimal(ask.weight()));
        out.add(Long.toString(Math.min(ask.atMost(), 1_000_000_000_000_000L)));
        out.add(newcomer ? "1" : "0");
        out.add(epoch);
        for (Scope scope : ask.scopes()) {
            Limit limit = scope.limit();
            out.add(Integer.toString((limit.shared() ? 1 : 0) + (limit.enforced() ? 2 : 0)));
            out.add(Long.toString(ask.patienceFor(limit)));
            out.add(windows(limit));
        }
        return out;
    }

    private static String windows(Limit limit) {
        StringBuilder out = new StringBuilder(64).append('[');
        for (int w = 0; w < limit.windows().size(); w++) {
            out.append(w == 0 ? "" : ",")
                    .append(limit.windows().get(w).permits())
                    .append(',')
                    .append(limit.micros(w));
        }
        return out.append(']').toString();
    }

    static List<String> giveBackKeys(RedisKeys keys, PermitRequest ask) {
        return ask.scopes().stream()
                .flatMap(scope -> Stream.of(keys.log(scope.key()), keys.mark(scope)))
                .toList();
    }

    static List<String> giveBackArguments(PermitRequest ask, String id) {
        return ask.scopes().stream()
                .flatMap(
                        scope -> Stream.of(member(scope, ask, id), scope.limit().shared() ? "1" : "0"))
                .toList();
    }

    static Decision decision(Response reply, long reservation) {
        Buffer told = reply.toBuffer();
        boolean admitted = admitted(reply);
        return new Decision(
                admitted,
                told(told, 1),
                admitted ? reservation : 0,
                (int) told(told, 2),
                new Decision.Quota((int) told(told, 3), (int) told(told, 4), told(told, 5), told(told, 6)),
                told(told, 7));
    }

    private static long told(Buffer reply, int index) {
        return (long) reply.getDouble(index * Double.BYTES);
    }

    static boolean admitted(Response reply) {
        return told(reply.toBuffer(), 0) == 1;
    }

    static boolean settling(Response reply) {
        return told(reply.toBuffer(), 8) == 1;
    }

    /** Whether Redis has forgotten everything since the epoch that it was asked by, and decided nothing. */
    static boolean forgotten(Response reply) {
        return told(reply.toBuffer(), 8) == 2;
    }

    static long number(Response reply, int index) {
        return reply.get(index).toLong();
    }

    /** The member that {@code id} has in the log of {@code scope}. */
    private static String member(Scope scope, PermitRequest ask, String id) {
        return scope.limit().shared() ? id + ":" + ask.owner() : id;
    }

    /** @param ago how long ago {@code word} was heard */
    static List<String> throttleArguments(ThrottleNotice word, long ago, ThrottleSettings settings, String channel) {
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
                Long.toString(ago),
                Long.toString(word.lead()));
    }

    /** What {@link Script#THROTTLE} and {@link Script#RESET} touch of a scope. */
    static List<String> wordKeys(RedisKeys keys, String scope) {
        return List.of(
                keys.clock(), keys.log(scope), keys.word(scope), keys.closed(), keys.solid(scope), keys.pace(scope));
    }

    /** @param ago how long ago an operator opened {@code scope} */
    static List<String> resetArguments(String scope, long ago, ThrottleSettings settings, String channel) {
        long remembered = Limit.micros(settings.maximumClosure()) + ThrottleState.REPEATED;
        return List.of(Long.toString(ago), channel, scope, Long.toString(remembered));
    }

    /** What is published of a scope: {@code status remaining factor gap key}. */
    static ThrottleNotice word(String message, long heardAt) {
        String[] parts = message.split(" ", 5);
        return new ThrottleNotice(
                parts[4],
                Integer.parseInt(parts[0]),
                heardAt,
                Long.parseLong(parts[1]),
                Long.parseLong(parts[3]),
                0,
                Double.parseDouble(parts[2]));
    }

    private static String decimal(double number) {
        return Double.toString(number);
    }
}
