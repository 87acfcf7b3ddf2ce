package dev.botgate.audit;

import dev.botgate.exchange.Call;
import dev.botgate.exchange.Filter;
import dev.botgate.exchange.Payload;
import dev.botgate.exchange.Reply;
import dev.botgate.exchange.RequestHead;
import dev.botgate.exchange.Service;
import io.vertx.core.Future;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Records each mutation: an intent that is durable before the next service gets the call; after it the outcome, and the
 * attempts where there were several. With {@link AuditAnswer#RECORDED} the reply waits for that. Reads pass unrecorded, and so do operations
 * of which nothing is to be recorded.
 *
 * <p>Records the payload as it gets it, so whatever changes bytes must stand before it.
 */
public final class AuditFilter implements Filter<Call, Call> {
    private final AuditTrail trail;
    private final ExchangeIds ids;
    private final Recording recording;
    private final AuditAnswer answer;
    private final InstantSource clock;
    private final LongSupplier nanoTime;

    /**
     * A filter that records in {@code trail}.
     *
     * @param recording what is recorded of which operation
     * @param answer whether a reply waits for its outcome to be durable
     * @param clock tells when an exchange ended
     * @param nanoTime measures latency, such as {@code System::nanoTime}
     */
    public AuditFilter(
            AuditTrail trail,
            ExchangeIds ids,
            Recording recording,
            AuditAnswer answer,
            InstantSource clock,
            LongSupplier nanoTime) {
        this.trail = trail;
        this.ids = ids;
        this.recording = recording;
        this.answer = answer;
        this.clock = clock;
        this.nanoTime = nanoTime;
    }

    @Override
    public Future<Reply> apply(Call call, Service<Call> next) {
        if (!call.head().route().mutation()) {
            return next.serve(call);
        }
        BodyRecording recorded = recording.of(call.head().route().operation());
        if (recorded.level() == RecordingLevel.NONE) {
            return next.serve(call);
        }
        Intent intent = intent(call, recorded.of(call.payload()));
        return trail.begin(intent).compose(durable -> forward(intent, call, recorded, next));
    }

    private Future<Reply> forward(Intent intent, Call call, BodyRecording recorded, Service<Call> next) {
        MeteredStream metered = call.payload() instanceof Payload.Streamed streamed
                ? new MeteredStream(streamed, recorded.streamed())
                : null;
        Call sent = metered == null ? call : call.with(metered.payload());
        Exchange exchange = new Exchange(
                intent.exchange(), call.head().route().operation(), metered, clock, nanoTime, nanoTime.getAsLong());
        Future<Reply> served = served(next, sent);
        if (answer == AuditAnswer.AT_ONCE) {
            return served.onComplete(result -> {
                exchange.attempts(result).forEach(trail::attempt);
                trail.end(exchange.outcome(result));
            });
        }
        return served.transform(result -> {
            exchange.attempts(result).forEach(trail::attempt);
            // Once the connector has answered, nothing turns the answer into an error.
            return trail.endDurably(exchange.outcome(result)).transform(durable -> served);
        });
    }

    /** Even a service that throws, against its promise, leaves an outcome behind. */
    private static Future<Reply> served(Service<Call> next, Call call) {
        try {
            return next.serve(call);
        } catch (RuntimeException | StackOverflowError e) {
            return Future.failedFuture(e);
        }
    }

    private Intent intent(Call call, RecordedBody body) {
        RequestHead head = call.head();
        return new Intent(
                ids.next(),
                head.requestId(),
                head.route().operation().id(),
                head.method(),
                head.uri(),
                head.upstream(),
                call.caller().bot(),
                call.caller().tenant(),
                call.caller().verified(),
                head.route().conversation(),
                head.route().activity(),
                head.route().member(),
                ActivitySummary.recipient(head.route().operation().id(), body.bytes()),
                sourceMediaType(call.payload()),
                body);
    }

    private static @Nullable String sourceMediaType(Payload payload) {
        return payload instanceof Payload.Whole whole ? whole.sourceMediaType() : null;
    }
}
