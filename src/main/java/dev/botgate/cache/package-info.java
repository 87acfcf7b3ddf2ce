/**
 * Member lists kept in memory, never across credentials.
 *
 * <p>{@link dev.botgate.cache.ReadDecision} and {@link dev.botgate.cache.RequestDirectives} say what a request lets the cache do,
 * {@link dev.botgate.cache.StoreDecision} and {@link dev.botgate.cache.Freshness} what may become of a reply, {@link
 * dev.botgate.cache.ListKey} which requests ask the same. {@link dev.botgate.cache.ListStore} holds the lists, {@link
 * dev.botgate.cache.MemberCache} the loads under way besides, {@link dev.botgate.cache.LoadFailures} what could not be loaded, and
 * {@link dev.botgate.cache.CacheFilter} acts on all of it. What a change of members drops, by {@link
 * dev.botgate.cache.InvalidationFilter}, is a {@link dev.botgate.cache.Generation}: it
 * is marked as ended, so that neither its lists nor its loads can be served, whichever thread comes across them. {@link
 * dev.botgate.cache.InvalidationBus} tells the other gateways of it.
 *
 * <p>The store is shared by all event loops; a reply reaches each request on its own. Time comes from a ticker. Must not
 * import another concern.
 */
@NullMarked
@CheckReturnValue
package dev.botgate.cache;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
