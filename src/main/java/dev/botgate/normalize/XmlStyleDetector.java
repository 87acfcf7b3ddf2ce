package dev.botgate.normalize;

import dev.botgate.exchange.ContentCoding;
import dev.botgate.exchange.ContentDecoder;
import dev.botgate.exchange.IncomingBody;
import dev.botgate.normalize.xml.XmlStyle;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.util.Optional;

/**
 * Wraps a request body and detects, as it is read, the XML style that the client uses. The reply is written in the same
 * style.
 */
final class XmlStyleDetector implements IncomingBody {
    private static final int MAX_ROOT_BYTES = 4_096;

    private final IncomingBody body;
    private final Optional<MediaType> xml;
    private final ContentCoding coding;
    private XmlStyle style = XmlStyle.OPENAPI;

    XmlStyleDetector(IncomingBody body, MultiMap headers) {
        this.body = body;
        this.xml = MediaType.parse(String.valueOf(headers.get("Content-Type")))
                .filter(type ->
                        BodyFormat.of(type).filter(BodyFormat.XML::equals).isPresent());
        this.coding = ContentCoding.of(headers).orElse(ContentCoding.IDENTITY);
    }

    /** The style detected so far; {@link XmlStyle#OPENAPI} where the body is no XML or has not been read. */
    XmlStyle style() {
        return style;
    }

    @Override
    public long length() {
        return body.length();
    }

    @Override
    public Future<Buffer> read(long maxBytes) {
        Future<Buffer> read = body.read(maxBytes);
        return xml.isEmpty() ? read : read.map(this::detect);
    }

    @Override
    public void reserve(long bytes) {
        body.reserve(bytes);
    }

    @Override
    public ReadStream<Buffer> stream() {
        return body.stream();
    }

    @Override
    public void whenGone(Runnable action) {
        body.whenGone(action);
    }

    @Override
    public boolean clientGone() {
        return body.clientGone();
    }

    private Buffer detect(Buffer bytes) {
        Buffer prefix = ContentDecoder.decodePrefix(bytes, coding, MAX_ROOT_BYTES);
        style = XmlStyle.ofClient(prefix, xml.flatMap(MediaType::xmlCharset).orElse(null));
        return bytes;
    }
}
