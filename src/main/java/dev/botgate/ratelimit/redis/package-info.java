/**
 * Permits of several gateways, counted in Redis.
 *
 * <p>One script, {@code decide.lua}, is the algorithm of {@code Planner} and {@code AdmissionLog} over sorted sets, by the
 * server's clock, which it never lets go back. A request waits in its gateway for a reservation that is in Redis, so order and
 * exactness hold for all gateways, at one round trip a request. Cooldowns are published, and waiting requests ask again. All
 * keys share one hash tag, see {@code ScriptCodec}. State expires by itself.
 *
 * <p>Redis has an epoch, which ends when its memory is lost or another process takes its place: {@code heartbeat.lua} finds that
 * out, and {@code decide.lua} decides nothing without one. A gateway that knew an older epoch makes the fleet settle; one that
 * knew none waits for those, see {@code Membership}.
 *
 * <p>Without Redis each gateway keeps its share, see {@code FallbackLimiter}. A gateway that alone lost a Redis which the others
 * still reach admits its share on top of theirs; {@code store-outage: refuse} rules that out.
 *
 * <p>Runs on the event loop of the connection to Redis; called on any thread; nothing blocks. Only this package of the rate
 * limits may import the Redis client.
 */
@NullMarked
@CheckReturnValue
package dev.botgate.ratelimit.redis;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
