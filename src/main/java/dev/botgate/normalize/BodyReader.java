package dev.botgate.normalize;

import dev.botgate.exchange.Payload;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import dev.botgate.schema.Schema;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.Charset;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How one request's body is to be understood, by its headers: decided before the body is read, so that what cannot be
 * understood is refused unread.
 */
final class BodyReader {
    /** What goes upstream with JSON that was made here, or that came under another name. */
    static final String JSON_TYPE = "application/json; charset=utf-8";

    private static final MediaType UNNAMED = new MediaType("application/json", "");

    private final Format format;
    private final MediaType mediaType;
    private final boolean named;

    private BodyReader(Format format, MediaType mediaType, boolean named) {
        this.format = format;
        this.mediaType = mediaType;
        this.named = named;
    }

    /**
     * The reader for a body with these headers; JSON where they name no type.
     *
     * @throws GatewayException UNSUPPORTED_MEDIA_TYPE
     */
    static BodyReader of(MultiMap headers) {
        refuseEncodings(headers.getAll("Content-Encoding"));
        List<String> types = headers.getAll("Content-Type");
        if (types.size() > 1) {
            throw unsupported("Content-Type is given " + types.size() + " times (expected: once)");
        }
        if (types.isEmpty() || types.get(0).isBlank()) {
            return new BodyReader(Format.JSON, UNNAMED, false);
        }
        MediaType mediaType = MediaType.read(types.get(0))
                .orElseThrow(() -> unsupported("Content-Type is no media type (expected: " + Format.ACCEPTED + ")"));
        Format format = Format.of(mediaType)
                .orElseThrow(() -> unsupported(
                        "Content-Type: " + told(mediaType.name()) + " (expected: " + Format.ACCEPTED + ")"));
        boolean readable = format == Format.XML ? mediaType.isKnownCharset() : mediaType.isUtf8();
        if (!readable) {
            throw unsupported("charset: " + told(mediaType.charset()) + " (expected: utf-8)");
        }
        return new BodyReader(format, mediaType, true);
    }

    /** The media type that the headers name, without parameters, in lower case; null without one or with one that is none. */
    static @Nullable String mediaTypeOf(MultiMap headers) {
        String header = headers.get("Content-Type");
        return header == null
                ? null
                : MediaType.read(header).map(MediaType::name).orElse(null);
    }

    /** The payload of a body that is a {@code model}. */
    Payload.Whole read(Buffer body, String model, NormalizeSettings settings, Schema schema, JsonChecker checker) {
        if (body.length() == 0) {
            throw new GatewayException(Failure.MALFORMED_BODY, "line 1, column 1: the body is empty");
        }
        return switch (format) {
            case JSON -> {
                boolean asItIs = named && mediaType.name().equals("application/json");
                yield new Payload.Whole(
                        body, asItIs ? null : JSON_TYPE, named ? mediaType.name() : null, checker.check(body));
            }
            case XML -> {
                Charset charset = mediaType.xmlCharset().orElse(null);
                yield converted(new XmlReader(settings, schema).read(body, charset, model), checker);
            }
            case FORM -> converted(new FormReader(settings, schema).read(body, model), checker);
        };
    }

    private Payload.Whole converted(Buffer json, JsonChecker checker) {
        return new Payload.Whole(json, JSON_TYPE, mediaType.name(), checker.find(json));
    }

    private static void refuseEncodings(List<String> headers) {
        for (String header : headers) {
            for (String encoding : header.split(",", -1)) {
                String name = encoding.strip().toLowerCase(Locale.ROOT);
                if (!name.isEmpty() && !name.equals("identity")) {
                    throw unsupported("Content-Encoding: " + told(name) + " (expected: identity)");
                }
            }
        }
    }

    private static String told(String name) {
        String printable = name.replaceAll("[^!-~]", "?");
        return printable.length() <= 80 ? printable : printable.substring(0, 80) + "...";
    }

    private static GatewayException unsupported(String message) {
        return new GatewayException(Failure.UNSUPPORTED_MEDIA_TYPE, message);
    }
}
