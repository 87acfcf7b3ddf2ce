/**
 * The order of the phases that every request passes.
 *
 * <p>Runs on the request's event loop. Must not import the listeners in {@code server} or anything above them.
 */
@NullMarked
@CheckReturnValue
package dev.botgate.pipeline;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
