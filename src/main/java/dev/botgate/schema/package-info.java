/**
 * The connector's models as data, read from its Swagger document.
 *
 * <p>Immutable; safe on any thread. Imports nothing of ours.
 */
@NullMarked
@CheckReturnValue
package dev.botgate.schema;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
