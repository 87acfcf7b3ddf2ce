package dev.botgate.server;

import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.impl.VertxHttpRequestDecoder;
import java.util.List;

/**
 * A decoder that refuses request lines which Netty's decoder tolerates: white space other than one space between its parts,
 * versions other than HTTP/1.0 and HTTP/1.1, and anything but empty lines before (RFC 9112 sections 2.2, 2.3 and 3).
 */
class StrictRequestDecoder extends VertxHttpRequestDecoder {
    private boolean inHead = true;
    private boolean begun;
    private int endOfWord;

    StrictRequestDecoder(HttpServerOptions options) {
        super(options);
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) throws Exception {
        if (inHead && !begun && !begins(in, out)) {
            return;
        }
        super.decode(context, in, out);
        if (out.isEmpty()) {
            begun |= inHead && in.isReadable();
        } else {
            begun = false;
            inHead = out.get(out.size() - 1) instanceof LastHttpContent;
        }
    }

    /** Whether an incomplete head has arrived. */
    final boolean hasBegun() {
        return begun;
    }

    /** Skips empty lines; returns whether the beginning of a request follows. */
    private boolean begins(ByteBuf in, List<Object> out) {
        while (in.isReadable()) {
            byte first = in.getByte(in.readerIndex());
            if (first == '\r' && in.readableBytes() == 1) {
                return false;
            } else if (first == '\r' && in.getByte(in.readerIndex() + 1) == '\n') {
                var unused = in.skipBytes(2);
            } else if (first == '\n') {
                var unused = in.skipBytes(1);
            } else if ((first >= 0 && first <= ' ') || first == 0x7f) {
                var unused = in.skipBytes(in.readableBytes());
                out.add(unreadable(malformed("A request begins with a control character or a space")));
                return false;
            } else {
                return true;
            }
        }
        return false;
    }

    @Override
    protected String splitFirstWordInitialLine(byte[] line, int start, int length) {
        endOfWord = start + length;
        return super.splitFirstWordInitialLine(line, start, length);
    }

    @Override
    protected String splitSecondWordInitialLine(byte[] line, int start, int length) {
        oneSpaceBefore(line, start, length);
        return super.splitSecondWordInitialLine(line, start, length);
    }

    @Override
    protected String splitThirdWordInitialLine(byte[] line, int start, int length) {
        oneSpaceBefore(line, start, length);
        return super.splitThirdWordInitialLine(line, start, length);
    }

    private void oneSpaceBefore(byte[] line, int start, int length) {
        if (length == 0 || start != endOfWord + 1 || line[endOfWord] != ' ') {
            throw malformed("The parts of a request line must be separated by one space each");
        }
        endOfWord = start + length;
    }

    @Override
    protected HttpMessage createMessage(String[] words) {
        String version = words[2];
        if (!version.equals("HTTP/1.1") && !version.equals("HTTP/1.0")) {
            throw version.matches("HTTP/[0-9](\\.[0-9])?")
                    ? new GatewayException(
                            Failure.HTTP_VERSION_NOT_SUPPORTED,
                            "This HTTP version is not supported (expected: HTTP/1.1)")
                    : malformed("The request line has no HTTP version (expected: HTTP/1.1)");
        }
        begun = true;
        return super.createMessage(words);
    }

    @Override
    protected HttpMessage createInvalidMessage() {
        return super.createMessage(new String[] {"GET", "/", "HTTP/1.1"});
    }

    /** A request that is refused for {@code why}. */
    final HttpRequest unreadable(GatewayException why) {
        HttpRequest message = (HttpRequest) createInvalidMessage();
        message.setDecoderResult(DecoderResult.failure(why));
        return message;
    }

    private static GatewayException malformed(String what) {
        return new GatewayException(Failure.MALFORMED_REQUEST, what);
    }
}
