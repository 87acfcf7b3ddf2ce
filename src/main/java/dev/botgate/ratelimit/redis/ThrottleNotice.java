package dev.botgate.ratelimit.redis;

import dev.botgate.ratelimit.Cooldown;

/**
 * What an upstream said of a scope, and when this gateway heard it.
 *
 * @param key the scope's key
 * @param status 429 or 412; 0 where an operator opened it
 * @param heardAt by the gateway's ticker
 * @param closed how long nothing may be sent, from then on, in microseconds
 * @param gap how far apart admissions stay while they restart, in microseconds
 * @param lead how long before its moment one that waits is told of it, and then goes, in microseconds
 * @param factor the part of the limit that is left to it
 */
record ThrottleNotice(String key, int status, long heardAt, long closed, long gap, long lead, double factor) {
    /** An operator's, who opens it. */
    static ThrottleNotice opening(String key, long heardAt) {
        return new ThrottleNotice(key, 0, heardAt, 0, 0, 0, 1);
    }

    /** Until when nothing may be sent, by the gateway's ticker. */
    long until() {
        return heardAt + closed;
    }

    Cooldown closure() {
        return new Cooldown(key, status, closed, factor);
    }
}
