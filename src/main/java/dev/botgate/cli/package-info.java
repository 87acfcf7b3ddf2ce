/**
 * The commands of the program, and what a process needs around them: arguments, output, log and exit. Commands run on the
 * main thread and may block.
 */
@NullMarked
@CheckReturnValue
package dev.botgate.cli;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
