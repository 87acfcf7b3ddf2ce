package dev.botgate.normalize;

import dev.botgate.exchange.Call;
import dev.botgate.exchange.Filter;
import dev.botgate.exchange.Headers;
import dev.botgate.exchange.Identified;
import dev.botgate.exchange.IncomingBody;
import dev.botgate.exchange.Payload;
import dev.botgate.exchange.Reply;
import dev.botgate.exchange.RequestHead;
import dev.botgate.exchange.Service;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import dev.botgate.normalize.json.JsonChecker;
import dev.botgate.operation.Operation;
import dev.botgate.schema.Schema;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Converts request bodies to the JSON that the connector understands.
 *
 * <p>JSON is checked and keeps its bytes; compressed JSON is decompressed. A request outside the twelve operations is
 * never refused for its body; the gateway only looks for service URLs in it.
 */
public final class Normalizer implements Filter<Identified, Call> {
    private final NormalizeSettings settings;
    private final Schema schema;
    private final Map<Operation, JsonChecker> checkers = new EnumMap<>(Operation.class);
    private final Map<Operation, Long> maximumBytes = new EnumMap<>(Operation.class);

    public Normalizer(NormalizeSettings settings, Schema schema) {
        this.settings = settings;
        this.schema = schema;
        for (Operation operation : Operation.values()) {
            maximumBytes.put(operation, settings.maximumBodyBytes(operation));
            operation
                    .requestModel()
                    .ifPresent(model -> checkers.put(operation, new JsonChecker(settings.jsonLimits(), schema, model)));
        }
    }

    /**
     * @return fails with UNSUPPORTED_MEDIA_TYPE before the body is read, with MALFORMED_BODY where the body is invalid,
     *     and as {@link IncomingBody#read} does
     */
    @Override
    public Future<Reply> apply(Identified request, Service<Call> next) {
        if (request.body().length() == 0) {
            return next.serve(request.with(new Payload.None()));
        }
        return payload(request.head(), request.body())
                .compose(read -> next.serve(request.with(headFor(request.head(), read), read.payload())));
    }

    /**
     * The result of reading a body.
     *
     * @param asSent whether the payload has the bytes that the client sent
     */
    private record ReadBody(Payload payload, boolean asSent) {}

    /** The head without headers that describe the original bytes, where those have changed. */
    private static RequestHead headFor(RequestHead head, ReadBody read) {
        if (read.asSent()) {
            return head;
        }
        MultiMap headers = Headers.ofOtherBytes(head.headers());
        return headers == head.headers() ? head : head.withHeaders(headers);
    }

    private Future<ReadBody> payload(RequestHead head, IncomingBody body) {
        Operation operation = head.route().operation();
        if (operation == Operation.OTHER) {
            return passThrough(head, body).map(payload -> new ReadBody(payload, true));
        }
        JsonChecker checker = checkers.get(operation);
        return checker == null
                ? readUnchecked(head, body, maximumBytes(operation)).map(payload -> new ReadBody(payload, true))
                : readChecked(head, body, checker);
    }

    private Future<ReadBody> readChecked(RequestHead head, IncomingBody body, JsonChecker checker) {
        BodyReader reader;
        try {
            reader = BodyReader.of(head.headers());
        } catch (GatewayException e) {
            return Future.failedFuture(e);
        }
        long maximum = maximumBytes(head.route().operation());
        if (body.length() > maximum) {
            return Future.failedFuture(new GatewayException(
                    Failure.BODY_TOO_LARGE, "Content-Length: " + body.length() + " (expected: up to " + maximum + ")"));
        }
        String model = head.route().operation().requestModel().orElseThrow();
        return body.read(maximum).map(bytes -> {
            if (bytes.length() == 0) {
                return new ReadBody(new Payload.None(), true);
            }
            Payload.Whole payload = reader.read(bytes, model, maximum, settings, schema, checker);
            body.reserve(payload.bytes().length());
            return new ReadBody(payload, payload.bytes() == bytes);
        });
    }

    private long maximumBytes(Operation operation) {
        return Objects.requireNonNull(maximumBytes.get(operation));
    }

    private Future<Payload> passThrough(RequestHead head, IncomingBody body) {
        boolean recordedWhole =
                head.route().mutation() && body.length() > 0 && body.length() <= settings.heldPassThroughBytes();
        return recordedWhole
                ? readUnchecked(head, body, settings.heldPassThroughBytes()).map(this::withServiceUrlsFound)
                : Future.succeededFuture(new Payload.Streamed(body.stream(), body.length()));
    }

    /**
     * The batch operations carry an activity as CreateConversation does. A body that is no such JSON passes unchanged:
     * the gateway does not judge it.
     */
    private Payload withServiceUrlsFound(Payload payload) {
        if (!(payload instanceof Payload.Whole whole) || !"application/json".equals(whole.sourceMediaType())) {
            return payload;
        }
        try {
            JsonChecker activities = Objects.requireNonNull(checkers.get(Operation.CREATE_CONVERSATION));
            return new Payload.Whole(
                    whole.bytes(),
                    whole.contentType(),
                    whole.sourceMediaType(),
                    activities.check(whole.bytes()).serviceUrls());
        } catch (GatewayException unknown) {
            return payload;
        }
    }

    private static Future<Payload> readUnchecked(RequestHead head, IncomingBody body, long maxBytes) {
        return body.read(maxBytes)
                .map(bytes -> bytes.length() == 0
                        ? new Payload.None()
                        : new Payload.Whole(bytes, null, BodyReader.mediaTypeOf(head.headers()), List.of()));
    }
}
