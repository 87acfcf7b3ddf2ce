package dev.botgate.ratelimit.redis;

import dev.botgate.ratelimit.Scope;

/**
 * The names of everything in Redis.
 *
 * <p>All keys of a fleet share one hash tag, and so one slot of a Redis Cluster: a request's limits count by different
 * ids, such as bot and conversation, and taking one permit of each or none is one script, which a cluster runs in one slot
 * only. Fleets with prefixes apart live in slots apart.
 */
final class RedisKeys {
    private final String tag;

    RedisKeys(String prefix) {
        this.tag = "{" + prefix + "}:";
    }

    String clock() {
        return tag + "clock";
    }

    String settle() {
        return tag + "settle";
    }

    String gateways() {
        return tag + "gateways";
    }

    String epoch() {
        return tag + "epoch";
    }

    String closures() {
        return tag + "closures";
    }

    /** The closed scopes, by the moment at which they open. */
    String closed() {
        return tag + "closed";
    }

    /** The admissions of a scope. */
    String log(String scope) {
        return tag + "log:" + scope;
    }

    /** What the upstream said of a scope. */
    String word(String scope) {
        return tag + "word:" + scope;
    }

    /** How the queue of a shared scope is spaced, and until when it has no room. */
    String pace(String scope) {
        return tag + "pace:" + scope;
    }

    /** Until when a scope of one bot has no room, whatever its log says: where searches begin. */
    String solid(String scope) {
        return tag + "solid:" + scope;
    }

    /** What was found out about a scope before: its {@link #pace} or its {@link #solid}. */
    String mark(Scope scope) {
        return scope.limit().shared() ? pace(scope.key()) : solid(scope.key());
    }
}
