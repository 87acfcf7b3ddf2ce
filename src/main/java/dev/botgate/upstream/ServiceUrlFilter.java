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
 * Translates service URLs in both directions, so that bots send to the gateway and the connector sees only its own
 * URLs.
 *
 * <p>In activities, a URL under the gateway's address becomes the connector's; in the reply of CreateConversation, a
 * URL under a configured connector becomes the gateway's. All other bytes are kept. The gateway's address is the
 * configured public URL, or the client's {@code Host}. An instance belongs to one event loop.
 */
public final class ServiceUrlFilter implements Filter<Call, Call> {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceUrlFilter.class);
    private static final int MAX_BODY_BYTES = 1 << 20;
    private static final String SERVICE_URL = "serviceUrl";
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
        Optional<ServiceUrls> requestedAddress = requestedAddress(call.head().peer());
        List<JsonStrings.Span> connectors = new ArrayList<>();
        for (JsonStrings.Span span : whole.serviceUrls()) {
            toConnectors(span.value(), requestedAddress)
                    .ifPresent(url -> connectors.add(new JsonStrings.Span(span.start(), span.end(), url)));
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
        Optional<Buffer> json = ContentDecoder.tryDecode(whole.bytes(), reply.headers(), MAX_BODY_BYTES);
        if (json.isEmpty()) {
            LOG.atWarn()
                    .addKeyValue("requestId", call.head().requestId())
                    .addKeyValue("upstream", call.head().upstream())
                    .log("The reply has an unsupported content coding; its serviceUrl is not translated");
            return reply;
        }
        return json.flatMap(bytes -> withGatewaysUrl(bytes, call.head().peer()))
                .map(translated ->
                        reply.withHeaders(ofOtherBytes(reply.headers())).withBody(new ReplyBody.Whole(translated)))
                .orElse(reply);
    }

    private Optional<Buffer> withGatewaysUrl(Buffer json, Peer peer) {
        JsonStrings.Span span = JsonStrings.find(json, Set.of(SERVICE_URL)).get(SERVICE_URL);
        if (span == null) {
            return Optional.empty();
        }
        return (configured == null ? requestedAddress(peer) : Optional.of(configured))
                .flatMap(urls -> urls.toGateway(span.value()))
                .map(gateways -> JsonStrings.replace(json, span, gateways));
    }

    /** Headers of a changed body; its entity tag becomes weak (RFC 9110 section 8.8.1). */
    private static MultiMap ofOtherBytes(MultiMap headers) {
        String tag = headers.get(ETAG);
        MultiMap kept = Headers.ofOtherBytes(headers);
        return tag == null || tag.startsWith("W/") ? kept : Headers.copy(kept).set(ETAG, "W/" + tag);
    }

    /** The connector's URL for {@code url}, which may lie under the public address or under the requested one. */
    private Optional<String> toConnectors(String url, Optional<ServiceUrls> requestedAddress) {
        return Optional.ofNullable(configured)
                .flatMap(urls -> urls.toUpstream(url))
                .or(() -> requestedAddress.flatMap(urls -> urls.toUpstream(url)));
    }

    /** Service URLs under the address in the client's {@code Host}. */
    private Optional<ServiceUrls> requestedAddress(Peer peer) {
        if (peer.host().isEmpty()) {
            return Optional.empty();
        }
        String address = peer.scheme() + "://" + peer.host();
        if (!address.equals(latestAddress) || latest == null) {
            try {
                latest = new ServiceUrls(URI.create(address), settings);
            } catch (IllegalArgumentException invalidHost) {
                return Optional.empty();
            }
            latestAddress = address;
        }
        return Optional.of(latest);
    }
}
