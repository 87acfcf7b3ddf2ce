/**
 * Values in JSON that are recorded as keyed digests of themselves.
 *
 * <p>Immutable, callable on any thread, and never waits: files of keys are read elsewhere. Must not import another concern.
 */
@NullMarked
@CheckReturnValue
package dev.botgate.audit.redaction;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
