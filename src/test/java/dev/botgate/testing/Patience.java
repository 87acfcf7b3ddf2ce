package dev.botgate.testing;

import java.time.Duration;

/**
 * How long a test waits for what must happen before it gives up; never a measure of how fast something is.
 *
 * <p>Long enough for a process to start on a machine with much else to do; shorter than what {@code junit-platform.properties}
 * allows a test, so that the failure tells what did not happen.
 */
public final class Patience {
    public static final Duration LIMIT = Duration.ofMinutes(2);

    private Patience() {}
}
