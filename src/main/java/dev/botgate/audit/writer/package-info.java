/**
 * Makes the trail's records durable: in a {@link dev.botgate.audit.writer.TrailStore}, or in a journal while the store is
 * away.
 *
 * <p>Runs on the trail's event loop, except for what says otherwise. Imports no store.
 */
@NullMarked
@CheckReturnValue
package dev.botgate.audit.writer;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
