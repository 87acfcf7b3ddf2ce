/**
 * Searches, exports and legal holds, each recorded before it is answered.
 *
 * <p>Callable on any thread, and never waits; {@link dev.botgate.audit.access.EntryExport} belongs to one event loop.
 * Must not import a store, nor what records requests.
 */
@NullMarked
@CheckReturnValue
package dev.botgate.audit.access;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
