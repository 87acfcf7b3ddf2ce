package dev.botgate.exchange;

/**
 * Where a request goes.
 *
 * @param upstream the configured name of the connector
 * @param uri raw path and query below the connector's base URL, starting with a slash
 */
public record Destination(String upstream, String uri) {}
