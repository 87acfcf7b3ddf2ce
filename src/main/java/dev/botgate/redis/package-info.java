/**
 * The way to a Redis: two connections that are there together or not at all, with time limits, TLS, and a cluster's word
 * that a key is elsewhere.
 *
 * <p>Belongs to no concern: what is said over it, and what its loss means, is theirs. Runs on the event loop that made the
 * link; taken on any thread; nothing blocks. Must not import any other room.
 */
@NullMarked
@CheckReturnValue
package dev.botgate.redis;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
