package dev.botgate.config;

/**
 * One thing that is wrong with the configuration.
 *
 * @param source the file as it was named, or the environment variable
 * @param line counted from 1; 0 where the source as a whole is meant
 * @param column counted from 1; 0 where the source as a whole is meant
 * @param message the setting by its whole path, what it is, and what was expected; never a secret's value
 */
public record ConfigurationProblem(String source, int line, int column, String message) {

    static ConfigurationProblem at(SettingLocation place, String message) {
        return new ConfigurationProblem(place.source(), place.line(), place.column(), message);
    }

    /** {@code source:line:column: message}, or {@code source: message} without a line. */
    @Override
    public String toString() {
        return line == 0 ? source + ": " + message : source + ":" + line + ":" + column + ": " + message;
    }
}
