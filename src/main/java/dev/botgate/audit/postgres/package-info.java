/**
 * The trail in PostgreSQL: migrations, grouped commits, search, retention and holds.
 *
 * <p>The writer and the reader run on event loops and never block; migrations block, and are called at start and by the
 * command line only.
 */
@NullMarked
@CheckReturnValue
package dev.botgate.audit.postgres;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
