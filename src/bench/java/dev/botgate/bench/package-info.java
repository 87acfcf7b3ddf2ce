/**
 * What a request costs: {@code mvn -Pbench verify}.
 *
 * <p>{@link dev.botgate.bench.Bench} starts an upstream, a bare pass-through as the yardstick, gateways from the packaged
 * jar, and nginx and HAProxy where they are installed, each a process of its own, and drives them in turn. Runs on threads
 * that may block; the two small servers on event loops of their own.
 */
@NullMarked
@CheckReturnValue
package dev.botgate.bench;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
