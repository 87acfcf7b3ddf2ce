/**
 * What tests stand on: a guard over event loops and unseen exceptions, Vert.x made for tests, raw sockets on both sides of
 * the gateway, child processes, and contracts to be run at more than one address.
 *
 * <p>Everything here may block, and waits for at most {@link dev.botgate.testing.Patience#LIMIT}.
 */
@NullMarked
@CheckReturnValue
package dev.botgate.testing;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
