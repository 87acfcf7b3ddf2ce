/**
 * The fleet's permits in Redis.
 *
 * <p>Runs on the event loop that started the store; taken on any thread; nothing blocks. The only place of rate control
 * that knows the Redis client.
 */
@NullMarked
@CheckReturnValue
package dev.botgate.ratelimit.redis;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
