/**
 * The write-ahead trail: an intent before a mutation goes upstream, an outcome after.
 *
 * <p>Runs on the request's event loop; its stores are asynchronous. Must not import another concern.
 */
@NullMarked
@CheckReturnValue
package dev.botgate.audit;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
