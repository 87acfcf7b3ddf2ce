/**
 * Member lists kept in memory, never across credentials.
 *
 * <p>The store is shared by all event loops; a reply reaches each request on its own. Must not import another concern.
 */
@NullMarked
@CheckReturnValue
package dev.botgate.cache;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
