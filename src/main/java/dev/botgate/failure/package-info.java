/**
 * The closed list of what can go wrong, and the one exception that carries it.
 *
 * <p>Immutable; safe on any thread. Imports nothing but the JDK.
 */
@NullMarked
@CheckReturnValue
package dev.botgate.failure;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
