/**
 * A simulated connector, for demonstration and tests.
 *
 * <p>One event loop serves a sandbox and alone touches its conversations; the log of requests and the plan of faults are
 * safe on any thread. Must not import any concern.
 */
@NullMarked
@CheckReturnValue
package dev.botgate.sandbox;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
