/**
 * The file that stands in for PostgreSQL while that cannot take the trail.
 *
 * <p>What uses Vert.x runs on the trail's event loop and never blocks; the classes that touch files do not use Vert.x, and
 * run on one thread of their own. Must not import {@code audit.postgres}, which lies above.
 */
@NullMarked
@CheckReturnValue
package dev.botgate.audit.journal;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
