package dev.botgate.testing;

import java.time.Duration;

/** How long a test waits for what must happen before it gives up; never a measure of how fast something is. */
public final class Patience {
    public static final Duration LIMIT = Duration.ofSeconds(30);

    private Patience() {}
}
