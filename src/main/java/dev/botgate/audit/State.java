package dev.botgate.audit;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How far an exchange has come: still open, or closed in one of the four ways. */
public enum State {
    OPEN(null),
    SUCCEEDED(Close.SUCCEEDED),
    REFUSED(Close.REFUSED),
    FAILED(Close.FAILED),
    UNKNOWN(Close.UNKNOWN);

    private final @Nullable Close close;
    private final String text = name().toLowerCase(Locale.ROOT);

    State(@Nullable Close close) {
        this.close = close;
    }

    /** The state of what was closed so. */
    public static State of(Close close) {
        return switch (close) {
            case SUCCEEDED -> SUCCEEDED;
            case REFUSED -> REFUSED;
            case FAILED -> FAILED;
            case UNKNOWN -> UNKNOWN;
        };
    }

    /** The state that is called {@code text}, letter case aside. */
    public static Optional<State> withText(String text) {
        return Arrays.stream(values())
                .filter(state -> state.name().equalsIgnoreCase(text))
                .findFirst();
    }

    /** How it was closed; empty while open. */
    public Optional<Close> close() {
        return Optional.ofNullable(close);
    }

    /** How it is shown. */
    public String text() {
        return text;
    }
}
