/**
 * The PostgreSQL server that the gateway brings: unpacked, set up, started, watched and stopped.
 *
 * <p>Every method blocks, and none may be called on an event loop. Imports nothing of ours but {@code failure}.
 */
@NullMarked
@CheckReturnValue
package dev.botgate.embedded;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
