package dev.botgate.config;

import org.jspecify.annotations.Nullable;

/**
 * What became of a value that was bound.
 *
 * @param value what the record gets; behind a problem what stands in for it, so that the record's own checks can still run
 * @param sound whether the value is what was written, without a problem
 * @param usable whether there is a value at all
 */
record BindingResult(@Nullable Object value, boolean sound, boolean usable) {
    private static final BindingResult NOTHING = new BindingResult(null, false, false);

    /** As written. */
    static BindingResult written(@Nullable Object value) {
        return new BindingResult(value, true, true);
    }

    /** A problem was reported, and {@code value} stands in. */
    static BindingResult standIn(Object value) {
        return new BindingResult(value, false, true);
    }

    /** A problem was reported, and nothing can stand in. */
    static BindingResult nothing() {
        return NOTHING;
    }

    /** Sound, or {@code value} standing in for what has problems. */
    static BindingResult of(Object value, boolean sound) {
        return new BindingResult(value, sound, true);
    }

    /** This, or {@code replacement} standing in when there is no value. */
    BindingResult or(@Nullable Object replacement) {
        return usable || replacement == null ? this : standIn(replacement);
    }
}
