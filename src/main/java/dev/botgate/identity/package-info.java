/**
 * Identifies callers by their bearer tokens, whose claims are taken as they are or verified.
 *
 * <p>Filters run on the request's event loop, and belong to it. The issuers' keys, which the loops share, are safe on any
 * thread. Must not import another concern.
 */
@NullMarked
@CheckReturnValue
package dev.botgate.identity;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
