package dev.botgate.config;

import org.jspecify.annotations.Nullable;

/**
 * What became of a value that was bound.
 *
 * @param value what the record gets; behind a problem what stands in for it, so that the record's own checks can still run
 * @param sound whether the value is what was written, without a problem
 * @param usable whether there is a value at all
 */
record Bound(@Nullable Object value, boolean sound, boolean usable) {
    private static final Bound NOTHING = new Bound(null, false, false);

    /** As written. */
    static Bound written(@Nullable Object value) {
        return new Bound(value, true, true);
    }

    /** A problem was reported, and {@code value} stands in. */
    static Bound standIn(Object value) {
        return new Bound(value, false, true);
    }

    /** A problem was reported, and nothing can stand in. */
    static Bound nothing() {
        return NOTHING;
    }

    /** Sound, or {@code value} standing in for what has problems. */
    static Bound of(Object value, boolean sound) {
        return new Bound(value, sound, true);
    }

    /** This, or {@code replacement} standing in when there is no value. */
    Bound or(@Nullable Object replacement) {
        return usable || replacement == null ? this : standIn(replacement);
    }
}
