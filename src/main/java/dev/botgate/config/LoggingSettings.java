package dev.botgate.config;

import org.slf4j.event.Level;

/**
 * What the log says, and how.
 *
 * @param format the form of a line
 * @param level the least of our own events that are logged; libraries are quieter by one level
 */
public record LoggingSettings(LogFormat format, Level level) {}
