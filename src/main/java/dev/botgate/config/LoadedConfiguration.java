package dev.botgate.config;

/**
 * A configuration, and where it was read.
 *
 * @param source the file as it was named, or {@code classpath:conf/botgate.yaml} for the packaged defaults
 */
public record LoadedConfiguration(Configuration configuration, String source) {}
