/**
 * The commands, and the wiring of everything else. The only package that may block.
 */
@NullMarked
@CheckReturnValue
package dev.botgate.cli;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
