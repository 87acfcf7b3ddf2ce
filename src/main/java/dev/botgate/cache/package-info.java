/**
 * Member lists stored in memory, each for the caller that loaded it.
 *
 * <p>{@link dev.botgate.cache.CacheFilter} answers requests from what a {@link dev.botgate.cache.Lookup} finds for a {@link
 * dev.botgate.cache.ListKey}. {@link dev.botgate.cache.RequestDirectives} says how fresh the client wants the list. {@link
 * dev.botgate.cache.Freshness} says how long the connector and the settings let it be served. {@link
 * dev.botgate.cache.StoreDecision} says whether it may be stored. {@link dev.botgate.cache.MemberCache} has the loads under
 * way, {@link dev.botgate.cache.ListStore} the lists. {@link dev.botgate.cache.InvalidationFilter} drops lists after a
 * change of members, and {@link dev.botgate.cache.InvalidationBus} does so in the other gateways.
 *
 * <p>Used on all event loops at once; nothing blocks; a reply reaches each request on its own event loop. Time comes from a
 * ticker. Must not import another concern.
 */
@NullMarked
@CheckReturnValue
package dev.botgate.cache;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
