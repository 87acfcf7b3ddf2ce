/**
 * What a fleet drops, through Redis.
 *
 * <p>{@link dev.botgate.cache.redis.RedisInvalidationBus} publishes what is dropped here and hears what is dropped elsewhere, on one
 * channel. What Redis publishes is lost on who does not listen; so a gateway makes sure by messages to itself that it
 * hears, and when it hears again after a gap, drops everything it had. What it could not tell meanwhile it tells then.
 *
 * <p>Runs on one event loop; taken on any thread; nothing blocks. The only place of the cache that knows the Redis client.
 */
@NullMarked
@CheckReturnValue
package dev.botgate.cache.redis;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
