/**
 * Rate control.
 *
 * <p>Must not import another concern.
 */
@NullMarked
@CheckReturnValue
package dev.botgate.ratelimit;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
