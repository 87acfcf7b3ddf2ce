/**
 * The data listener: HTTP in and out, routes, and the one place where failures become replies.
 *
 * <p>Runs on the event loop of each connection; nothing blocks. Must not import the concerns, only what travels and the
 * pipeline.
 */
@NullMarked
@CheckReturnValue
package dev.botgate.server;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
