/**
 * The local journal that holds the trail's records while PostgreSQL is away.
 *
 * <p>{@code AsyncJournal} runs on the trail's event loop and never blocks; the classes that access files run on the journal's
 * own thread, and do not use Vert.x. Must not import {@code audit.postgres}.
 */
@NullMarked
@CheckReturnValue
package dev.botgate.audit.journal;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
