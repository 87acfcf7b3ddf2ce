/**
 * One immutable tree of settings records, read and checked once at start.
 *
 * <p>{@code YamlText} and {@code EnvironmentVariables} give a tree of written values with their locations ({@code WrittenValue});
 * {@code SettingShape} is the structure of the records; {@code Binder} binds the values to the records.
 *
 * <p>Blocks while it reads files; used at start and by the command line only. Must not import anything of ours but settings.
 */
@NullMarked
@CheckReturnValue
package dev.botgate.config;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
