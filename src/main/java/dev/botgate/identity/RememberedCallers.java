package dev.botgate.identity;

import dev.botgate.exchange.Caller;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Who showed a credential lately. What has not been asked for during a whole {@link #GENERATION} is forgotten with the next
 * question, so that credentials stay in memory for as long as they are of use, about.
 *
 * <p>For one event loop.
 */
final class RememberedCallers {
    static final Duration GENERATION = Duration.ofMinutes(5);
    /** Twice this times {@link #LONGEST}, 8 MB, is the most that an event loop remembers. */
    static final int LARGEST_GENERATION = 512;

    static final int LONGEST = 8_192;

    private final LongSupplier nanoTime;
    private Map<String, Caller> now = new HashMap<>();
    private Map<String, Caller> before = Map.of();
    private long begun;

    RememberedCallers(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.begun = nanoTime.getAsLong();
    }

    /** Who shows {@code credential}; {@code read} out of it where that is not known. */
    Caller of(String credential, Function<String, Caller> read) {
        if (credential.length() > LONGEST) {
            return read.apply(credential);
        }
        long age = nanoTime.getAsLong() - begun;
        if (now.size() >= LARGEST_GENERATION || age >= GENERATION.toNanos()) {
            before = age >= 2 * GENERATION.toNanos() ? Map.of() : now;
            now = new HashMap<>();
            begun += age;
        }
        Caller caller = now.get(credential);
        if (caller == null) {
            caller = before.get(credential);
            if (caller == null) {
                caller = read.apply(credential);
            }
            now.put(credential, caller);
        }
        return caller;
    }
}
