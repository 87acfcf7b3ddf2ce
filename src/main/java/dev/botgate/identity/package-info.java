/**
 * Who calls: from the bearer token to the caller, whose names are claimed or verified.
 *
 * <p>Filters run on the request's event loop, and belong to it. What the loops share, the issuers' keys, is safe on any
 * thread. Must not import another concern.
 */
@NullMarked
@CheckReturnValue
package dev.botgate.identity;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
