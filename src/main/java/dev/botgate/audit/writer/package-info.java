/**
 * Writes the trail's records to a {@link dev.botgate.audit.writer.TrailStore}, or to a journal while the store is away.
 *
 * <p>Runs on the trail's event loop, unless a class says otherwise. Must not import a store, such as {@code audit.postgres}.
 */
@NullMarked
@CheckReturnValue
package dev.botgate.audit.writer;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
