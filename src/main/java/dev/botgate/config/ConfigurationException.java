package dev.botgate.config;

import java.util.List;
import java.util.stream.Collectors;

/** A configuration that cannot be used, with everything that is wrong with it. */
public final class ConfigurationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;

    /**
     * One problem of a configuration.
     *
     * @param message the setting by its whole path, its value unless it is a secret, and what was expected
     */
    record Problem(SettingLocation location, String message) {
        /** {@code source:line:column: message}, or {@code source: message} without a line. */
        @Override
        public String toString() {
            return location + ": " + message;
        }
    }

    ConfigurationException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /** Every problem, in the order of the settings, with its location; never empty. */
    public List<String> problems() {
        return problems.stream().map(Problem::toString).toList();
    }
}
