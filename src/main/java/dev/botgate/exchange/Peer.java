package dev.botgate.exchange;

/**
 * The downstream end of a connection, as the gateway saw it.
 *
 * @param address the remote IP address, without port
 * @param scheme {@code http} or {@code https}
 * @param host the {@code Host} that the client asked for, with its port
 */
public record Peer(String address, String scheme, String host) {}
