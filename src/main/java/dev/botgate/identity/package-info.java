/**
 * Who calls: from the bearer token to the caller.
 *
 * <p>Runs on the request's event loop. Must not import another concern.
 */
@NullMarked
@CheckReturnValue
package dev.botgate.identity;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
