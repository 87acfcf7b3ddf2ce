/**
 * Rate control: exact windows, waiting, fairness, and the upstream's word.
 *
 * <p><b>Reservations.</b> Every scope (a limit's count for one bot, conversation and so on) has a calendar of admissions,
 * past and promised. A request is entered in the calendars of all its scopes at the earliest moment that keeps every
 * window of each, or in none. That moment is final: it is known when the request joins, one that cannot make it is
 * refused at once with the moment at which it could, and one decision is one step in the store, in memory or in Redis.
 * Nothing is polled and no order has to be agreed on later.
 *
 * <p><b>First come, first served.</b> Requests for the same scopes are given ascending moments, and a gateway lets them go
 * in the order in which they came ({@code WaitQueues}), also when one hangs up: those behind it move up, and the last moment
 * is given back. Requests for different scopes do not hold one another up: the windows around a promise are checked on
 * both sides, so an earlier gap can be taken.
 *
 * <p><b>Fairness.</b> A final moment cannot be taken away from a flood when another bot comes. So in a scope that bots
 * share, nobody gets to fill the queue in the first place: a bot may join while its part of the queue is no longer than its
 * weight times what is left of the queue, in time (dynamic thresholds, Choudhury and Hahne, 1998). One flood alone fills
 * half, n floods share n/(n+1), and a bot that asks for less than its share always finds room. What waits in a shared
 * scope is spaced evenly, since a window that opened all at once would go to whoever asked in that instant. Without a
 * queue, {@code maximum-wait: 0s}, there is nothing to share: whoever asks first is served first.
 *
 * <p><b>Priority.</b> Background work may join a part of the queue only ({@code patience}), the rest is for what is not: under
 * overload that is all of it. This holds within a bot and between bots. Where both wait in one gateway for the same scopes,
 * what is not background goes first, and background work moves back by a moment, up to the whole of {@code maximum-wait}
 * since it came; where it would come later than that it keeps its place. Between requests of different scopes that have a
 * limit in common (such as a bot's conversations), and between gateways, no promised moment is overtaken: there it is the
 * patience of background work that bounds what others wait for it. Of the places to wait in, background work takes half.
 *
 * <p><b>The upstream's word.</b> A 429 or 412 with {@code Retry-After} closes the narrowest enforced scope of its request,
 * in every gateway; who waits there asks again; after it admissions are spaced evenly for a while. A request that no
 * enforced limit applies to has a scope of its own for this, by connector, bot and conversation.
 *
 * <p>Safe on any thread; a permit is told on the event loop that asked for it. Must not import another concern.
 */
@NullMarked
@CheckReturnValue
package dev.botgate.ratelimit;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
