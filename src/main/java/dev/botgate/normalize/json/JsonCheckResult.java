package dev.botgate.normalize.json;

import dev.botgate.exchange.JsonStringSpan;
import java.util.List;

/**
 * What {@link JsonChecker} found in a valid document.
 *
 * @param serviceUrls the service URLs, in the order of their offsets
 * @param namesMembers whether some {@code membersAdded} or {@code membersRemoved}, at any depth, is an array that is
 *     not empty
 */
public record JsonCheckResult(List<JsonStringSpan> serviceUrls, boolean namesMembers) {}
