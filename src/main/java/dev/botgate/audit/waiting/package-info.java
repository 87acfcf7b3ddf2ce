/**
 * What waits to become durable, whichever store makes it so.
 *
 * <p>Runs on the trail's event loop, but for what says otherwise. Imports nothing of the stores.
 */
@NullMarked
@CheckReturnValue
package dev.botgate.audit.waiting;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
