package dev.botgate.exchange;

import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;

/**
 * One attempt to have a call answered by its connector, once that has ended.
 *
 * @param number which of the call's attempts it was, from 1
 * @param at when it was begun
 * @param latency until the reply, or the head of one that streams, or the failure
 * @param result completed; the body of a streamed reply is not to be read
 * @param last whether that is what the call comes to; else another attempt follows
 */
public record EndedAttempt(int number, Instant at, Duration latency, Future<Reply> result, boolean last) {}
