/**
 * Invalidation of member lists in several gateways, through Redis.
 *
 * <p>Redis does not keep published messages. A gateway that has lost Redis therefore serves nothing stale, and drops all its
 * lists when it is connected again.
 *
 * <p>Runs on the event loop of the connection to Redis; used on any thread; nothing blocks. Must not import anything but
 * {@code cache} and {@code fleet}.
 */
@NullMarked
@CheckReturnValue
package dev.botgate.cache.redis;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
