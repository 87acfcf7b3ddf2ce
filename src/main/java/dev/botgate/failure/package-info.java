/**
 * The closed list of failures, the exception that carries one, and checks of settings.
 *
 * <p>Immutable; safe on any thread. Imports nothing but the JDK.
 */
@NullMarked
@CheckReturnValue
package dev.botgate.failure;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
