/**
 * The order of the phases, readable at one look.
 */
@NullMarked
@CheckReturnValue
package dev.botgate.pipeline;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
