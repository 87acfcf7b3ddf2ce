package dev.botgate.normalize.json;

import dev.botgate.exchange.JsonText;
import java.util.List;

/**
 * What a JSON document was found to hold on the way over it.
 *
 * @param serviceUrls the service URLs, in byte order
 * @param namesMembers whether there is, at whatever depth, a list of members who have come or gone with somebody in it
 */
public record JsonCheckResult(List<JsonText> serviceUrls, boolean namesMembers) {}
