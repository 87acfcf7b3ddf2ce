/**
 * The trail in PostgreSQL: migrations, grouped commits, search, and the embedded server.
 *
 * <p>The writer and the reader run on event loops and never block; migrations and the embedded server block, and are
 * called at start and by the command line only.
 */
@NullMarked
@CheckReturnValue
package dev.botgate.audit.postgres;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
