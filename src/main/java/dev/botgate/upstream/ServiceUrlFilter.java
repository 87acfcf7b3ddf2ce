package dev.botgate.upstream;

import dev.botgate.exchange.Call;
import dev.botgate.exchange.ContentDecoder;
import dev.botgate.exchange.Filter;
import dev.botgate.exchange.Headers;
import dev.botgate.exchange.JsonStrings;
import dev.botgate.exchange.Payload;
import dev.botgate.exchange.Peer;
import dev.botgate.exchange.Reply;
import dev.botgate.exchange.ReplyBody;
import dev.botgate.exchange.RequestHead;
import dev.botgate.exchange.Service;
import dev.botgate.operation.Operation;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Translates service URLs both ways, so that a bot stays behind the gateway, and the connector never hears of it.
 *
 * <p>In activities, a URL under the gateway's address becomes the connector's; in the reply of CreateConversation, a URL
 * under a configured connector becomes the gateway's. Every other byte stays. The gateway's address is the configured
 * public one, or what the client asked for in {@code Host}. An instance belongs to one event loop.
 */
public final class ServiceUrlFilter implements Filter<Call, Call> {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceUrlFilter.class);
    private static final int LARGEST = 1 << 20;
    private static final String PROPERTY = "serviceUrl";
    private static final String ETAG = "ETag";

    private final UpstreamSettings settings;
    private final @Nullable ServiceUrls configured;
    private @Nullable String latestAddress;
    private @Nullable ServiceUrls latest;

    /** @param publicUrl the gateway's address; null takes it from each request */
    public ServiceUrlFilter(UpstreamSettings settings, @Nullable URI publicUrl) {
        this.settings = settings;
        this.configured = publicUrl == null ? null : new ServiceUrls(publicUrl, settings);
    }

    @Override
    public Future<Reply> apply(Call call, Service<Call> next) {
        Future<Reply> reply = next.serve(withConnectorsUrls(call));
        return call.head().route().operation() == Operation.CREATE_CONVERSATION
                ? reply.map(created -> withGatewaysUrl(created, call))
                : reply;
    }

    private Call withConnectorsUrls(Call call) {
        if (!(call.payload() instanceof Payload.Whole whole)
                || whole.serviceUrls().isEmpty()) {
            return call;
        }
        Optional<ServiceUrls> asked = asked(call.head().peer());
        List<JsonStrings.Span> connectors = new ArrayList<>();
        for (JsonStrings.Span place : whole.serviceUrls()) {
            toConnectors(place.value(), asked)
                    .ifPresent(url -> connectors.add(new JsonStrings.Span(place.start(), place.end(), url)));
        }
        if (connectors.isEmpty()) {
            return call;
        }
        Buffer bytes = JsonStrings.replace(whole.bytes(), connectors);
        RequestHead head = call.head();
        return call.with(head.withHeaders(Headers.ofOtherBytes(head.headers())), whole.translated(bytes));
    }

    private Reply withGatewaysUrl(Reply reply, Call call) {
        if (reply.status() / 100 != 2 || !(reply.body() instanceof ReplyBody.Whole whole)) {
            return reply;
        }
        Optional<Buffer> json = ContentDecoder.tryDecode(whole.bytes(), reply.headers(), LARGEST);
        if (json.isEmpty()) {
            LOG.atWarn()
                    .addKeyValue("requestId", call.head().requestId())
                    .addKeyValue("upstream", call.head().upstream())
                    .log("The reply is in a content coding that is not understood; its serviceUrl stays as it is");
            return reply;
        }
        return json.flatMap(bytes -> withGatewaysUrl(bytes, call.head().peer()))
                .map(translated ->
                        reply.withHeaders(ofOtherBytes(reply.headers())).withBody(new ReplyBody.Whole(translated)))
                .orElse(reply);
    }

    private Optional<Buffer> withGatewaysUrl(Buffer json, Peer peer) {
        JsonStrings.Span place = JsonStrings.find(json, Set.of(PROPERTY)).get(PROPERTY);
        if (place == null) {
            return Optional.empty();
        }
        return (configured == null ? asked(peer) : Optional.of(configured))
                .flatMap(urls -> urls.toGateway(place.value()))
                .map(gateways -> JsonStrings.replace(json, place, gateways));
    }

    /** RFC 9110 section 8.8.1: a strong entity tag is one of these bytes. */
    private static MultiMap ofOtherBytes(MultiMap headers) {
        String tag = headers.get(ETAG);
        MultiMap kept = Headers.ofOtherBytes(headers);
        return tag == null || tag.startsWith("W/") ? kept : Headers.copy(kept).set(ETAG, "W/" + tag);
    }

    /** A bot may know the gateway by its public address, or by the one that it just asked. */
    private Optional<String> toConnectors(String url, Optional<ServiceUrls> asked) {
        return Optional.ofNullable(configured)
                .flatMap(urls -> urls.toUpstream(url))
                .or(() -> asked.flatMap(urls -> urls.toUpstream(url)));
    }

    /** By the address that the client asked for. */
    private Optional<ServiceUrls> asked(Peer peer) {
        if (peer.host().isEmpty()) {
            return Optional.empty();
        }
        String address = peer.scheme() + "://" + peer.host();
        if (!address.equals(latestAddress) || latest == null) {
            try {
                latest = new ServiceUrls(URI.create(address), settings);
            } catch (IllegalArgumentException noAddress) {
                return Optional.empty();
            }
            latestAddress = address;
        }
        return Optional.of(latest);
    }
}
