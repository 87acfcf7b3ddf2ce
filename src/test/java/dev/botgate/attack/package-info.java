/**
 * Attacks on the packaged gateway in a small process of its own, with an honest client beside them.
 *
 * <p>Run once each by {@code mvn verify}; {@code -Dattack.minutes=60} repeats all of them in turn for an hour.
 */
@NullMarked
@CheckReturnValue
package dev.botgate.attack;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
