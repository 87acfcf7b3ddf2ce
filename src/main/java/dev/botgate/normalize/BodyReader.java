package dev.botgate.normalize;

import dev.botgate.exchange.ContentCoding;
import dev.botgate.exchange.ContentDecoder;
import dev.botgate.exchange.HeaderNames;
import dev.botgate.exchange.Payload;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import dev.botgate.normalize.form.FormReader;
import dev.botgate.normalize.json.ByteRange;
import dev.botgate.normalize.json.InvalidBodyException;
import dev.botgate.normalize.json.JsonChecker;
import dev.botgate.normalize.json.TextPosition;
import dev.botgate.normalize.xml.XmlReader;
import dev.botgate.schema.Schema;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.Charset;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the body of one request. The headers decide how, before the body is read, so that a body of an unsupported type
 * is refused unread.
 */
final class BodyReader {
    /** The content type sent to the connector for converted JSON, and for JSON under another name. */
    static final String JSON_TYPE = "application/json; charset=utf-8";

    private static final MediaType DEFAULT_TYPE = new MediaType("application/json", "");

    private final ContentCoding coding;
    private final BodyFormat format;
    private final MediaType mediaType;
    private final boolean typeIsGiven;

    private BodyReader(ContentCoding coding, BodyFormat format, MediaType mediaType, boolean typeIsGiven) {
        this.coding = coding;
        this.format = format;
        this.mediaType = mediaType;
        this.typeIsGiven = typeIsGiven;
    }

    /**
     * The reader for a body with these headers. Without a content type the body is JSON.
     *
     * @throws GatewayException UNSUPPORTED_MEDIA_TYPE
     */
    static BodyReader of(MultiMap headers) {
        ContentCoding coding = coding(headers);
        List<String> types = headers.getAll(HeaderNames.CONTENT_TYPE);
        if (types.size() > 1) {
            throw unsupported("Content-Type occurs " + types.size() + " times (expected: once)");
        }
        if (types.isEmpty() || types.get(0).isBlank()) {
            return new BodyReader(coding, BodyFormat.JSON, DEFAULT_TYPE, false);
        }
        MediaType mediaType = MediaType.parse(types.get(0))
                .orElseThrow(() -> unsupported("Content-Type is malformed (expected: " + BodyFormat.ACCEPTED + ")"));
        BodyFormat format = BodyFormat.of(mediaType)
                .orElseThrow(() -> unsupported(
                        "Content-Type: " + printable(mediaType.name()) + " (expected: " + BodyFormat.ACCEPTED + ")"));
        boolean readable =
                switch (format) {
                    case XML -> mediaType.isKnownCharset();
                    case JSON -> mediaType.isUtf8() || mediaType.isAscii();
                    case FORM -> mediaType.isUtf8();
                };
        if (!readable) {
            String expected = format == BodyFormat.JSON ? "utf-8 or us-ascii" : "utf-8";
            throw unsupported("charset: " + printable(mediaType.charset()) + " (expected: " + expected + ")");
        }
        return new BodyReader(coding, format, mediaType, true);
    }

    /** The media type in the headers, without parameters, in lower case; null where it is missing or malformed. */
    static @Nullable String mediaTypeOf(MultiMap headers) {
        String header = headers.get(HeaderNames.CONTENT_TYPE);
        return header == null
                ? null
                : MediaType.parse(header).map(MediaType::name).orElse(null);
    }

    /**
     * Converts a body of {@code model}. Plain JSON keeps its bytes.
     *
     * @param maximumBytes after decompression
     * @throws GatewayException MALFORMED_BODY, BODY_TOO_LARGE
     */
    Payload.Whole read(
            Buffer sent,
            String model,
            long maximumBytes,
            NormalizeSettings settings,
            Schema schema,
            JsonChecker checker) {
        Buffer body = ContentDecoder.decode(sent, coding, maximumBytes);
        if (body.length() == 0) {
            throw new GatewayException(Failure.MALFORMED_BODY, "line 1, column 1: the body is empty");
        }
        return switch (format) {
            case JSON -> {
                requireCharset(body);
                // US-ASCII is valid UTF-8, which every connector reads.
                boolean asItIs = typeIsGiven && mediaType.name().equals("application/json") && mediaType.isUtf8();
                yield payload(
                        body, asItIs ? null : JSON_TYPE, typeIsGiven ? mediaType.name() : null, checker.check(body));
            }
            case XML -> {
                Charset charset = mediaType.xmlCharset().orElse(null);
                yield payloadOfConverted(
                        new XmlReader(settings.xmlLimits(), schema).toJson(body, charset, model), checker);
            }
            case FORM -> payloadOfConverted(new FormReader(settings.formLimits(), schema).toJson(body, model), checker);
        };
    }

    private void requireCharset(Buffer json) {
        if (!mediaType.isAscii()) {
            return;
        }
        ByteRange bytes = ByteRange.of(json);
        for (int at = bytes.start(); at < bytes.end(); at++) {
            if (bytes.array()[at] < 0) {
                TextPosition place = TextPosition.of(bytes.array(), bytes.start(), at);
                throw InvalidBodyException.malformed(
                                place.line(),
                                place.column(),
                                "the byte at offset " + (at - bytes.start())
                                        + " is not US-ASCII (expected: charset=utf-8, or escapes)")
                        .toGatewayException();
            }
        }
    }

    private Payload.Whole payloadOfConverted(Buffer json, JsonChecker checker) {
        return payload(json, JSON_TYPE, mediaType.name(), checker.checkConverted(json));
    }

    private static Payload.Whole payload(
            Buffer json, @Nullable String contentType, @Nullable String sourceMediaType, JsonChecker.Result found) {
        return new Payload.Whole(json, contentType, sourceMediaType, found.serviceUrls(), found.namesMembers());
    }

    private static ContentCoding coding(MultiMap headers) {
        return ContentCoding.of(headers).orElseThrow(() -> unsupported(
                        "Content-Encoding: " + printable(String.join(", ", ContentCoding.namesIn(headers)))
                                + " (expected: one of " + ContentCoding.ACCEPTED + ")")
                // RFC 9110 section 12.5.3: this header tells the client that the coding was refused, not the media
                // type.
                .with(Map.of("Accept-Encoding", ContentCoding.ACCEPTED)));
    }

    private static String printable(String name) {
        String printable = name.replaceAll("[^ -~]", "?");
        return printable.length() <= 80 ? printable : printable.substring(0, 80) + "...";
    }

    private static GatewayException unsupported(String message) {
        return new GatewayException(Failure.UNSUPPORTED_MEDIA_TYPE, message);
    }
}
