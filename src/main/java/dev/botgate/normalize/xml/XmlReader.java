package dev.botgate.normalize.xml;

import com.ctc.wstx.api.WstxInputProperties;
import com.ctc.wstx.exc.WstxEOFException;
import com.ctc.wstx.exc.WstxIOException;
import com.ctc.wstx.exc.WstxLazyException;
import com.ctc.wstx.exc.WstxUnexpectedCharException;
import com.ctc.wstx.stax.WstxInputFactory;
import dev.botgate.failure.GatewayException;
import dev.botgate.normalize.json.ByteRange;
import dev.botgate.normalize.json.InvalidBodyException;
import dev.botgate.normalize.json.JsonWriter;
import dev.botgate.schema.Schema;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.util.Objects;
import javax.xml.stream.Location;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLResolver;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.codehaus.stax2.XMLInputFactory2;
import org.codehaus.stax2.XMLStreamReader2;
import org.jspecify.annotations.Nullable;

/** Converts XML bodies of every dialect to JSON by the schema. Document type definitions are refused. */
public final class XmlReader {
    private static final XMLInputFactory FACTORY = factory();

    private static final int MAX_SHOWN_NAME = 40;

    private final XmlLimits limits;
    private final Schema schema;

    public XmlReader(XmlLimits limits, Schema schema) {
        this.limits = limits;
        this.schema = schema;
    }

    /**
     * Converts {@code xml}.
     *
     * @param charset the charset of the media type. A byte order mark takes precedence (RFC 7303 section 3); without
     *     both the document's declaration counts
     * @param model the expected model as {@link Schema#body} takes it
     * @throws GatewayException MALFORMED_BODY where {@code xml} is not well-formed, not of that model, or exceeds a
     *     limit
     */
    public Buffer toJson(Buffer xml, @Nullable Charset charset, String model) {
        XmlInputStream source = new XmlInputStream(xml);
        try {
            XMLStreamReader in = open(source, charset);
            try {
                return JsonWriter.write(new XmlTreeBuilder(source, in, schema, schema.body(model), limits).build());
            } catch (UnknownEntityException e) {
                throw e.toInvalidBody(((XMLStreamReader2) in).getLocationInfo().getCurrentLocation());
            } catch (WstxLazyException e) {
                if (e.getCause() instanceof UnknownEntityException entity) {
                    throw entity.toInvalidBody(
                            ((XMLStreamReader2) in).getLocationInfo().getCurrentLocation());
                }
                throw e;
            } finally {
                in.close();
            }
        } catch (WstxLazyException e) {
            throw refused(e.getCause() instanceof XMLStreamException late ? late : new XMLStreamException(e), source);
        } catch (XMLStreamException e) {
            throw refused(e, source);
        } catch (InvalidBodyException e) {
            throw e.toGatewayException();
        }
    }

    /** The namespace of the document's root element; empty where it has none or where it cannot be read. */
    static String rootNamespace(Buffer prefix, @Nullable Charset charset) {
        try {
            XmlInputStream source = new XmlInputStream(prefix);
            XMLStreamReader in = open(source, charset);
            try {
                while (in.hasNext()) {
                    if (in.next() == XMLStreamConstants.START_ELEMENT) {
                        String namespace = in.getNamespaceURI();
                        return namespace == null ? "" : namespace;
                    }
                }
            } finally {
                in.close();
            }
        } catch (XMLStreamException | WstxLazyException unreadable) {
            // The conversion reports the error.
        }
        return "";
    }

    private static XMLStreamReader open(XmlInputStream source, @Nullable Charset named) throws XMLStreamException {
        Charset charset = XmlEncoding.of(source.bytes(), named);
        return charset == null
                ? FACTORY.createXMLStreamReader(source)
                : FACTORY.createXMLStreamReader(source, charset.name());
    }

    /** A reference to an entity that XML does not predefine. */
    private static final class UnknownEntityException extends XMLStreamException {
        private static final long serialVersionUID = 1L;
        private final String name;

        UnknownEntityException(String name) {
            super(name);
            this.name = name;
        }

        /** @param end the position after the reference, where the parser stands */
        InvalidBodyException toInvalidBody(Location end) {
            String printable = name.replaceAll("[^!-~]", "?");
            String shown =
                    printable.length() <= MAX_SHOWN_NAME ? printable : printable.substring(0, MAX_SHOWN_NAME) + "...";
            return InvalidBodyException.malformed(
                    end.getLineNumber(),
                    Math.max(1, end.getColumnNumber() - name.length() - 2),
                    "unknown entity &" + shown
                            + "; (expected: &amp; &lt; &gt; &apos; or &quot;, or a number such as &#160;)");
        }
    }

    private static GatewayException refused(XMLStreamException e, XmlInputStream source) {
        Location location = e.getLocation();
        int line = location == null ? 1 : Math.max(1, location.getLineNumber());
        int column = location == null ? 1 : Math.max(1, location.getColumnNumber());
        return source.isTokenTooLong()
                ? InvalidBodyException.limitExceeded(
                                line,
                                column,
                                "a name, comment or instruction is too long (expected: up to "
                                        + XmlInputStream.MAX_TOKEN_BYTES + " bytes)")
                        .toGatewayException()
                : InvalidBodyException.malformed(line, column, reason(e)).toGatewayException();
    }

    private static String reason(XMLStreamException e) {
        if (e instanceof WstxEOFException) {
            return "the document ends too early";
        }
        if (e instanceof WstxUnexpectedCharException) {
            return "an unexpected character (expected: well-formed XML)";
        }
        if (e instanceof WstxIOException) {
            return "bytes that are not in the document's encoding";
        }
        return "not well-formed XML";
    }

    private static XMLInputFactory factory() {
        WstxInputFactory factory = new WstxInputFactory();
        factory.setProperty(XMLInputFactory.IS_NAMESPACE_AWARE, true);
        factory.setProperty(XMLInputFactory.IS_COALESCING, false);
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(
                WstxInputProperties.P_UNDECLARED_ENTITY_RESOLVER, (XMLResolver) (publicId, systemId, base, name) -> {
                    throw new UnknownEntityException(name);
                });
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLInputFactory2.P_INTERN_NAMES, false);
        factory.setProperty(XMLInputFactory2.P_INTERN_NS_URIS, false);
        factory.setProperty(WstxInputProperties.P_MAX_ATTRIBUTES_PER_ELEMENT, 32);
        factory.setProperty(WstxInputProperties.P_MAX_ATTRIBUTE_SIZE, 8_192);
        return factory;
    }

    /**
     * The limits of one XML document.
     *
     * @param maxDepth how deep elements may nest
     * @param maxElements how many elements it may have
     * @param maxNames how many different names it may have
     * @param maxTextBytes the longest single text, in bytes of UTF-8
     */
    public record XmlLimits(int maxDepth, int maxElements, int maxNames, int maxTextBytes) {}

    /**
     * The bytes of a document for the parser. Limits the bytes of one token, such as a name or a comment, which the parser
     * keeps in memory or skips; text comes in many tokens.
     */
    static final class XmlInputStream extends InputStream {
        /** The longest token other than text. */
        static final int MAX_TOKEN_BYTES = 1 << 19;

        private final ByteRange bytes;
        private int at;
        private int tokenBytes;
        private boolean tokenTooLong;

        XmlInputStream(Buffer bytes) {
            this.bytes = ByteRange.of(bytes);
        }

        ByteRange bytes() {
            return bytes;
        }

        /** Starts a new token. */
        void startToken() {
            tokenBytes = 0;
        }

        /** Whether a token was too long. */
        boolean isTokenTooLong() {
            return tokenTooLong;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, target.length);
            int count = Math.min(length, bytes.length() - at);
            if (count == 0) {
                return length == 0 ? 0 : -1;
            }
            if (tokenBytes > MAX_TOKEN_BYTES) {
                tokenTooLong = true;
                throw new IOException("token too long");
            }
            System.arraycopy(bytes.array(), bytes.start() + at, target, offset, count);
            at += count;
            tokenBytes += count;
            return count;
        }
    }
}
