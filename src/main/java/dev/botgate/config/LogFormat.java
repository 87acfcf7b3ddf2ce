package dev.botgate.config;

/** The form of a line of the log. */
public enum LogFormat {
    /** Text on a terminal, JSON elsewhere. */
    AUTO,
    /** One JSON object a line, with the structured keys as its fields. */
    JSON,
    /** For reading. */
    TEXT
}
