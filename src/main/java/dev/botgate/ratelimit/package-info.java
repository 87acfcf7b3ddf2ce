/**
 * Rate limits: exact windows, waiting, fairness between bots, priority, and cooldowns.
 *
 * <p><b>Reservations.</b> Each scope (a limit's count for one bot, conversation and so on) has an admission log, with past and
 * reserved admissions. A request is entered in the logs of all its scopes at the earliest time that keeps every window, or in
 * none. That time is final and known at once; a request that cannot wait so long is refused with the time at which it would be
 * admitted. One decision is one step in the store, in memory or in Redis; nothing is polled.
 *
 * <p><b>Two phases.</b> {@code AdmitFilter} reserves before the body is read. {@code AdmitAgainFilter} runs right before a
 * request is sent, and replaces a permit that has expired or whose scope is in a cooldown.
 *
 * <p><b>First come, first served.</b> Requests for the same scopes get ascending times, and are sent in the order in which they
 * came ({@code WaitQueues}). If a client disconnects, those behind it move up. Requests for different scopes do not block one
 * another: an earlier gap between reservations can be taken.
 *
 * <p><b>Fairness.</b> A reservation is never taken away when another bot comes. So in a shared scope a bot may join the queue
 * only while its part of the queue is no longer than its weight times what is left of the queue, in time (dynamic thresholds,
 * Choudhury and Hahne, 1998). One flood alone fills half, n floods share n/(n+1), and a bot that asks for less than its share
 * always finds room. Waiting requests of a shared scope are spaced evenly. With {@code maximum-wait: 0s} there is no queue.
 *
 * <p><b>Priority.</b> Background work may join only a part of the queue ({@code patience}). If background work and other requests
 * wait in one gateway for the same scopes, the others go first, and background work waits for up to {@code maximum-wait}. Between
 * different scopes, and between gateways, no reservation is overtaken.
 *
 * <p><b>Cooldowns.</b> A 429 or 412 with {@code Retry-After} closes the narrowest enforced scope of its request, in every
 * gateway; waiting requests ask again; after it admissions are spaced evenly for a while. A request without an enforced limit
 * has a scope of its own for this, by connector, bot and conversation.
 *
 * <p>Safe on any thread; a permit is given on the event loop that asked for it. Must not import another concern.
 */
@NullMarked
@CheckReturnValue
package dev.botgate.ratelimit;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
