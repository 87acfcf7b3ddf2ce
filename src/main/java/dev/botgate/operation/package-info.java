/**
 * The connector's operations as one table of data, and the table's look-up by method and raw path.
 *
 * <p>Immutable; safe on any thread. Imports nothing but the JDK.
 */
@NullMarked
@CheckReturnValue
package dev.botgate.operation;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
