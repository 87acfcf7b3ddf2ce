/**
 * The composition root: builds one gateway from its configuration, starts it and stops it.
 *
 * <p>A gateway is started and stopped on a thread that may block. Each event loop of the bots' listener has a pipeline of its
 * own; what all of them share is in {@link dev.botgate.gateway.SharedServices}. Must not import {@code cli}.
 */
@NullMarked
@CheckReturnValue
package dev.botgate.gateway;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
