package dev.botgate.config;

import org.slf4j.event.Level;

/**
 * Settings of the log.
 *
 * @param format the format of a line
 * @param level the least level of the gateway's own events; libraries log one level less
 */
public record LoggingSettings(Format format, Level level) {

    /** The format of a line of the log. */
    public enum Format {
        /** Text on a terminal, JSON elsewhere. */
        AUTO,
        /** One JSON object a line, with the structured keys as its fields. */
        JSON,
        TEXT
    }
}
