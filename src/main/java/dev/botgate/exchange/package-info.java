/**
 * What the phases pass on: request head, caller, payload, call and reply, with the {@link
 * dev.botgate.exchange.Service} that answers and the {@link dev.botgate.exchange.Filter} that wraps one.
 *
 * <p>The type of a request says how far it has come: {@link dev.botgate.exchange.Arrival}, then {@link
 * dev.botgate.exchange.Identified}, then {@link dev.botgate.exchange.Call}. Everything is used on the event loop of its
 * request; headers are never changed in place. Must not import any concern.
 */
@NullMarked
@CheckReturnValue
package dev.botgate.exchange;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
