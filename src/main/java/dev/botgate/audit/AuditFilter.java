package dev.botgate.audit;

import dev.botgate.exchange.Call;
import dev.botgate.exchange.Filter;
import dev.botgate.exchange.Payload;
import dev.botgate.exchange.Reply;
import dev.botgate.exchange.RequestHead;
import dev.botgate.exchange.Service;
import dev.botgate.operation.Operation;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Records each mutation: an intent that is durable before the next service hears of it, an outcome after, and between
 * them the attempts of one that took more than one. The reply does not wait for the outcome. What is no mutation passes.
 *
 * <p>Records the payload as it gets it, so whatever changes bytes must stand before it.
 */
public final class AuditFilter implements Filter<Call, Call> {
    private final AuditTrail trail;
    private final ExchangeIds ids;
    private final boolean attachmentBytes;
    private final InstantSource clock;
    private final LongSupplier nanoTime;

    /**
     * A filter that records in {@code trail}.
     *
     * @param clock tells when an exchange ended
     * @param nanoTime measures latency, such as {@code System::nanoTime}
     */
    public AuditFilter(
            AuditTrail trail, ExchangeIds ids, AuditSettings settings, InstantSource clock, LongSupplier nanoTime) {
        this.trail = trail;
        this.ids = ids;
        this.attachmentBytes = settings.attachmentBytes();
        this.clock = clock;
        this.nanoTime = nanoTime;
    }

    @Override
    public Future<Reply> apply(Call call, Service<Call> next) {
        if (!call.head().route().mutation()) {
            return next.serve(call);
        }
        Intent intent = intent(call);
        return trail.begin(intent).compose(durable -> forward(intent, call, next));
    }

    private Future<Reply> forward(Intent intent, Call call, Service<Call> next) {
        MeteredStream metered =
                call.payload() instanceof Payload.Streamed streamed ? new MeteredStream(streamed) : null;
        Call sent = metered == null ? call : call.with(metered.payload());
        AttemptLog attempts = new AttemptLog(intent.exchange(), trail);
        Exchange exchange = new Exchange(
                intent.exchange(),
                call.head().route().operation(),
                metered,
                attempts,
                clock,
                nanoTime,
                nanoTime.getAsLong());
        return served(next, sent.toldTo(attempts))
                .compose(
                        reply -> {
                            trail.end(exchange.answered(reply));
                            return Future.succeededFuture(reply);
                        },
                        cause -> {
                            trail.end(exchange.failed(cause));
                            return Future.failedFuture(cause);
                        });
    }

    /** Even a service that throws, against its promise, leaves an outcome behind. */
    private static Future<Reply> served(Service<Call> next, Call call) {
        try {
            return next.serve(call);
        } catch (RuntimeException e) {
            return Future.failedFuture(e);
        }
    }

    private Intent intent(Call call) {
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
                sourceMediaType(call.payload()),
                body(head.route().operation(), call.payload()));
    }

    private static @Nullable String sourceMediaType(Payload payload) {
        return payload instanceof Payload.Whole whole ? whole.sourceMediaType() : null;
    }

    private RecordedBody body(Operation operation, Payload payload) {
        if (payload instanceof Payload.Streamed) {
            return RecordedBody.streamed();
        }
        if (!(payload instanceof Payload.Whole whole)) {
            return RecordedBody.none();
        }
        Buffer bytes = whole.bytes();
        boolean reduce = operation == Operation.UPLOAD_ATTACHMENT && !attachmentBytes;
        return reduce
                ? RecordedBody.reduced(AttachmentReduction.of(bytes), Digest.of(bytes))
                : RecordedBody.whole(bytes);
    }
}
