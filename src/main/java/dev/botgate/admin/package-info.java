/**
 * The operator's listener: health, metrics and the trail's read side.
 *
 * <p>Runs on an event loop; nothing blocks. No request of a bot passes through it.
 */
@NullMarked
@CheckReturnValue
package dev.botgate.admin;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
