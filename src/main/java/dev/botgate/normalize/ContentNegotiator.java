package dev.botgate.normalize;

import dev.botgate.exchange.Arrival;
import dev.botgate.exchange.ContentCoding;
import dev.botgate.exchange.ContentDecoder;
import dev.botgate.exchange.Filter;
import dev.botgate.exchange.HeaderNames;
import dev.botgate.exchange.HeaderSyntax;
import dev.botgate.exchange.Headers;
import dev.botgate.exchange.Reply;
import dev.botgate.exchange.ReplyBody;
import dev.botgate.exchange.RequestHead;
import dev.botgate.exchange.Service;
import dev.botgate.failure.GatewayException;
import dev.botgate.normalize.xml.XmlStyle;
import dev.botgate.normalize.xml.XmlWriter;
import dev.botgate.normalize.xml.XmlWriter.NotRepresentableInXmlException;
import dev.botgate.operation.Operation;
import dev.botgate.schema.Schema;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replies in XML where the operation offers it and the client prefers it: RFC 9110 section 12.
 *
 * <p>It stands before the cache, which stores JSON only, and around the conversion of failures to replies, so that
 * errors are negotiated too. No request is refused for its {@code Accept} header. The reply stays JSON where the client
 * accepts neither format, where XML cannot express the reply (control characters, for example), and where the reply
 * does not match its model.
 *
 * <p>An instance belongs to one event loop.
 */
public final class ContentNegotiator implements Filter<Arrival, Arrival> {
    private static final Logger LOG = LoggerFactory.getLogger(ContentNegotiator.class);

    /**
     * The reply model of the two operations for which the connector's document names none; all other mutations of an
     * activity have this one.
     */
    private static final String DEFAULT_REPLY_MODEL = "ResourceResponse";

    /** The XML may be this many times as long as the largest body. */
    private static final int MAX_XML_GROWTH = 4;

    private static final String CONTENT_TYPE = "Content-Type";
    private static final String ERROR_MODEL = "ErrorResponse";
    private static final String ACCEPT_ENCODING = "Accept-Encoding";

    private final NormalizeSettings settings;
    private final XmlWriter writer;
    private CachedPreference latest =
            new CachedPreference(List.of(), AcceptHeader.of(List.of()).preferredXml());

    public ContentNegotiator(NormalizeSettings settings, Schema schema) {
        this.settings = settings;
        this.writer = new XmlWriter(schema, settings.maximumDepth(), settings.maximumBodyBytesOfAll() * MAX_XML_GROWTH);
    }

    /** @return the reply of {@code next}, possibly converted to XML; fails as {@code next} does */
    @Override
    public Future<Reply> apply(Arrival request, Service<Arrival> next) {
        RequestHead head = request.head();
        if (!head.route().operation().producesXml()) {
            return next.serve(request);
        }
        Optional<String> mediaType = preferred(head.headers().getAll(HeaderNames.ACCEPT));
        if (mediaType.isEmpty()) {
            return next.serve(request).map(ContentNegotiator::withVaryAccept);
        }
        XmlStyleDetector body = new XmlStyleDetector(request.body(), head.headers());
        return next.serve(new Arrival(head.withHeaders(headersAskingForJson(head.headers())), body))
                .map(reply -> answer(withVaryAccept(reply), head, mediaType.get(), body.style()));
    }

    /** Clients repeat the same header, so the last result is reused. */
    private Optional<String> preferred(List<String> accept) {
        if (!latest.accept().equals(accept)) {
            latest = new CachedPreference(accept, AcceptHeader.of(accept).preferredXml());
        }
        return latest.xml();
    }

    /** The preferred XML type for the values of {@code Accept}. */
    private record CachedPreference(List<String> accept, Optional<String> xml) {
        CachedPreference {
            accept = List.copyOf(accept);
        }
    }

    /** The request's headers, changed to ask for JSON in a coding that the gateway can decode. */
    private static MultiMap headersAskingForJson(MultiMap sent) {
        MultiMap headers = Headers.copy(sent);
        headers.set(AcceptHeader.HEADER, "application/json").remove("Range").remove("If-Range");
        boolean decodable = HeaderSyntax.list(sent.getAll(ACCEPT_ENCODING)).stream()
                .map(accepted -> HeaderSyntax.split(accepted, ';').get(0))
                .allMatch(coding -> ContentCoding.named(coding).isPresent());
        return decodable ? headers : headers.set(ACCEPT_ENCODING, "gzip");
    }

    private Reply answer(Reply reply, RequestHead head, String mediaType, XmlStyle style) {
        if (reply.status() == 304) {
            return reply.withHeaders(withWeakTag(reply.headers()));
        }
        boolean json = MediaType.parse(String.valueOf(reply.headers().get(CONTENT_TYPE)))
                .flatMap(BodyFormat::of)
                .filter(format -> format == BodyFormat.JSON)
                .isPresent();
        if (!json || reply.status() == 206) {
            return reply;
        }
        if (reply.body() instanceof ReplyBody.Absent && head.method().equals("HEAD")) {
            MultiMap headers = headersOfOtherBytes(reply.headers(), mediaType + "; charset=utf-8");
            return new Reply(reply.status(), reply.reason(), headers, new ReplyBody.Absent(-1));
        }
        return reply.body() instanceof ReplyBody.Whole whole && whole.bytes().length() > 0
                ? converted(reply, whole.bytes(), head, mediaType, style)
                : reply;
    }

    private Reply converted(Reply reply, Buffer bytes, RequestHead head, String mediaType, XmlStyle style) {
        Optional<ContentCoding> coding = ContentCoding.of(reply.headers());
        if (coding.isEmpty()) {
            logKeptAsJson(head, "unsupported content coding");
            return reply;
        }
        Buffer json;
        try {
            json = ContentDecoder.decode(bytes, coding.get(), settings.maximumBodyBytesOfAll());
        } catch (GatewayException broken) {
            logKeptAsJson(head, broken.text());
            return reply;
        }
        try {
            Buffer xml = writer.write(json, model(head.route().operation(), reply.status()), style);
            return replyWith(xml, reply, mediaType + "; charset=utf-8");
        } catch (NotRepresentableInXmlException e) {
            logKeptAsJson(head, e.reason());
            String contentType = String.valueOf(reply.headers().get(CONTENT_TYPE));
            // The reply may be compressed only because the gateway asked for it. Every client reads plain JSON.
            return coding.get() == ContentCoding.IDENTITY ? reply : replyWith(json, reply, contentType);
        }
    }

    private static Reply replyWith(Buffer body, Reply reply, String contentType) {
        return new Reply(
                reply.status(),
                reply.reason(),
                headersOfOtherBytes(reply.headers(), contentType),
                new ReplyBody.Whole(body));
    }

    private static void logKeptAsJson(RequestHead head, String reason) {
        LOG.atDebug()
                .addKeyValue("requestId", head.requestId())
                .addKeyValue("operation", head.route().operation().id())
                .addKeyValue("reason", reason)
                .log("Reply stays JSON although the client prefers XML");
    }

    private static String model(Operation operation, int status) {
        return status / 100 == 2 ? operation.replyModel().orElse(DEFAULT_REPLY_MODEL) : ERROR_MODEL;
    }

    private static MultiMap headersOfOtherBytes(MultiMap headers, String contentType) {
        return withWeakTag(Headers.ofOtherBytes(headers))
                .remove("Accept-Ranges")
                .set(CONTENT_TYPE, contentType);
    }

    /** The two representations differ in bytes but mean the same: RFC 9110 section 8.8.1. */
    private static MultiMap withWeakTag(MultiMap headers) {
        MultiMap changed = Headers.copy(headers);
        String tag = changed.get("ETag");
        return tag != null && tag.startsWith("\"") ? changed.set("ETag", "W/" + tag) : changed;
    }

    private static Reply withVaryAccept(Reply reply) {
        for (String name : HeaderSyntax.list(reply.headers().getAll(HeaderNames.VARY))) {
            if (name.equalsIgnoreCase(AcceptHeader.HEADER) || name.equals("*")) {
                return reply;
            }
        }
        MultiMap headers = Headers.copy(reply.headers());
        return reply.withHeaders(headers.add(HeaderNames.VARY, AcceptHeader.HEADER));
    }
}
