/**
 * Several gateways in processes of their own that share one Redis, held against what the connector counts.
 *
 * <p>Run by {@code mvn verify} for some seconds with short windows; {@code -Dfleet.seconds=90} makes it the Teams preset.
 */
package dev.botgate.endtoend.fleet;
