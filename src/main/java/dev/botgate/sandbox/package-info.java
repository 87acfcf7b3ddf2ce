/**
 * A simulated connector, for demonstration and tests.
 *
 * <p>Runs on event loops of its own. Must not import any concern.
 */
@NullMarked
@CheckReturnValue
package dev.botgate.sandbox;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
