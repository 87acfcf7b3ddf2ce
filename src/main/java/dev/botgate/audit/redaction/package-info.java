/**
 * Keeps values out of the trail: in recorded JSON they are replaced by keyed digests.
 *
 * <p>Immutable, callable on any thread, and never blocks: key files are read elsewhere. Must not import another concern.
 */
@NullMarked
@CheckReturnValue
package dev.botgate.audit.redaction;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
