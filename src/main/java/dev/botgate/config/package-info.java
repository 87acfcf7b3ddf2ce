/**
 * One immutable record tree of settings, parsed and checked once, at start.
 *
 * <p>Files and variables become a tree of values that know their places ({@code WrittenValue}); the records' components say what
 * may stand there ({@code SettingShape}); both meet in {@code Binder}.
 *
 * <p>Blocks while it reads files; used by the command line only. Must not import anything of ours but settings.
 */
@NullMarked
@CheckReturnValue
package dev.botgate.config;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
