/**
 * The fleet's permits in Redis.
 *
 * <p>One script, {@code decide.lua}, is the algorithm of {@code Planner} and {@code Calendar} over sorted sets, by the
 * server's clock, which it never lets go back. A request waits in its gateway, for a moment that is entered in Redis: so
 * order and exactness hold over the fleet, at one round trip a request. Closures are published, and whoever waits asks
 * again. All keys share one hash tag, see {@code RedisKeys}. State expires by itself.
 *
 * <p>Redis has an epoch, which ends when its memory is lost or its process is another: {@code heartbeat.lua} finds that out,
 * and {@code decide.lua} decides nothing without one. Whoever knew an older epoch makes the fleet settle; whoever knew none
 * waits for those who did, see {@code Membership}. Words are told again, see {@code UpstreamThrottles}.
 *
 * <p>Without Redis each gateway keeps its share, see {@code FallbackLimiter}. A gateway that alone lost a Redis which the others still
 * reach cannot know that, and admits its share on top of what they admit; {@code when-gone: refuse} rules that out.
 *
 * <p>Runs on the event loop that started the store; taken on any thread; nothing blocks. The only place of rate control
 * that knows the Redis client.
 */
@NullMarked
@CheckReturnValue
package dev.botgate.ratelimit.redis;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
