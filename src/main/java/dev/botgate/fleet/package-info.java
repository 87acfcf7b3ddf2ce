/**
 * The connection to Redis: two connections that are open together or not at all, one for commands and one that subscribes,
 * with timeouts, TLS, and a Redis Cluster's redirections.
 *
 * <p>What is sent over it, and what its loss means, is decided by its users. Runs on the event loop that made the
 * connection; used on any thread; nothing blocks. Must not import any other room.
 */
@NullMarked
@CheckReturnValue
package dev.botgate.fleet;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
