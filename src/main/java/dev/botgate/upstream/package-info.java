/**
 * The named connectors, the translation of service URLs, forwarding, and retries.
 *
 * <p>Runs on the request's event loop. Must not import another concern.
 */
@NullMarked
@CheckReturnValue
package dev.botgate.upstream;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
