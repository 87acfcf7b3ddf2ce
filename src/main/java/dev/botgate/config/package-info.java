/**
 * One immutable record tree of settings, parsed and checked once, at start.
 *
 * <p>Blocks while it reads files; used by the command line only.
 */
@NullMarked
@CheckReturnValue
package dev.botgate.config;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
