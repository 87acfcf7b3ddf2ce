package dev.botgate.server;

import dev.botgate.exchange.HeaderNames;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import dev.botgate.operation.RouteTable;
import io.netty.util.AsciiString;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Checks the head of a request: RFC 9112 sections 3.2 and 6, RFC 3986.
 *
 * <p>The decoder has refused malformed heads already. This class refuses heads that the gateway and the connector could understand
 * differently.
 */
public final class HeadCheck {
    private static final BitSet HOST_NAME_CHARACTERS =
            digitsAnd("._~!$&'()*+,;=%-ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
    private static final BitSet HOST_ADDRESS_CHARACTERS = digitsAnd(":.ABCDEFabcdef");
    private static final int MAX_PORT_DIGITS = 5;

    /** With this header, of WebSocket drafts before RFC 6455, the decoder reads eight bytes that no header declares. */
    private static final CharSequence OLD_WEB_SOCKET_KEY = AsciiString.cached("Sec-WebSocket-Key1");

    private static final CharSequence EMPTY_NAME = AsciiString.EMPTY_STRING;

    private HeadCheck() {}

    /**
     * The request target in origin form: raw path and query, starting with a slash.
     *
     * @throws GatewayException MALFORMED_REQUEST, naming the part that is wrong
     */
    public static String target(HttpVersion version, String uri, MultiMap headers) {
        headers(version, headers);
        String target = decodedAsUtf8(originForm(uri));
        for (int i = 0; i < target.length(); i++) {
            char c = target.charAt(i);
            if (c <= ' ' || c == 0x7f || c == '#' || c == '\\') {
                throw malformed("The request target has a character that must be percent-encoded");
            }
        }
        int question = target.indexOf('?');
        if (question >= 0) {
            MisleadingHeaders.checkQuery(target.substring(question + 1));
        }
        if (RouteTable.hasDotSegment(question < 0 ? target : target.substring(0, question))) {
            throw malformed("The path has a segment \".\" or \"..\"");
        }
        return target;
    }

    /**
     * Checks the headers alone, for {@code OPTIONS *}, which has no target.
     *
     * @throws GatewayException MALFORMED_REQUEST or EXPECTATION_FAILED, naming the header that is wrong
     */
    static void headers(HttpVersion version, MultiMap headers) {
        host(version, headers);
        if (headers.contains(EMPTY_NAME)) {
            throw malformed("A header has no name");
        }
        framing(headers);
        if (version != HttpVersion.HTTP_1_0) {
            expectation(headers);
        }
        MisleadingHeaders.checkConnection(headers);
        MisleadingHeaders.checkOverrides(headers);
    }

    /** Why the decoder could not decode {@code request}. */
    public static GatewayException unreadable(HttpServerRequest request) {
        return request.decoderResult().cause() instanceof GatewayException known
                ? known
                : malformed("The request is not well-formed HTTP/1.1");
    }

    private static void host(HttpVersion version, MultiMap headers) {
        List<String> hosts = headers.getAll(HeaderNames.HOST);
        if (hosts.size() > 1) {
            throw malformed("There are " + hosts.size() + " Host headers (expected: one)");
        }
        if (hosts.isEmpty()) {
            if (version == HttpVersion.HTTP_1_0) {
                return;
            }
            throw malformed("The Host header is missing");
        }
        if (!hosts.get(0).isEmpty() && !isHost(hosts.get(0))) {
            throw malformed("The Host header is not a host with an optional port");
        }
    }

    /** An address in brackets or a name, with an optional port. */
    private static boolean isHost(String host) {
        int end;
        if (host.charAt(0) == '[') {
            end = endOf(HOST_ADDRESS_CHARACTERS, host, 1);
            if (end == 1 || end == host.length() || host.charAt(end) != ']') {
                return false;
            }
            end++;
        } else {
            end = endOf(HOST_NAME_CHARACTERS, host, 0);
        }
        if (end == 0 || end == host.length()) {
            return end > 0;
        }
        int digits = host.length() - end - 1;
        return host.charAt(end) == ':' && digits > 0 && digits <= MAX_PORT_DIGITS && areDigits(host, end + 1);
    }

    private static int endOf(BitSet characters, String text, int from) {
        int at = from;
        while (at < text.length() && characters.get(text.charAt(at))) {
            at++;
        }
        return at;
    }

    private static boolean areDigits(String text, int from) {
        for (int i = from; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    /** The digits and the characters of {@code more}. */
    private static BitSet digitsAnd(String more) {
        BitSet set = new BitSet();
        set.set('0', '9' + 1);
        more.chars().forEach(set::set);
        return set;
    }

    private static void framing(MultiMap headers) {
        if (headers.contains(OLD_WEB_SOCKET_KEY)) {
            throw malformed("Sec-WebSocket-Key1 is not supported, because it hides where the request ends");
        }
        if (!headers.contains(HeaderNames.TRANSFER_ENCODING)) {
            if (headers.contains(HeaderNames.CONTENT_LENGTH)
                    && headers.getAll(HeaderNames.CONTENT_LENGTH).size() > 1) {
                throw malformed("There is more than one Content-Length");
            }
            return;
        }
        List<String> encodings = headers.getAll(HeaderNames.TRANSFER_ENCODING);
        if (headers.contains(HeaderNames.CONTENT_LENGTH)) {
            throw malformed("Transfer-Encoding and Content-Length contradict each other");
        }
        if (encodings.size() > 1 || !encodings.get(0).strip().equalsIgnoreCase("chunked")) {
            throw malformed("Transfer-Encoding is not supported (expected: chunked)");
        }
    }

    private static String originForm(@Nullable String uri) {
        if (uri == null || uri.isEmpty()) {
            throw malformed("The request target is missing");
        }
        if (uri.charAt(0) == '/') {
            return uri;
        }
        int authority =
                uri.regionMatches(true, 0, "http://", 0, 7) ? 7 : uri.regionMatches(true, 0, "https://", 0, 8) ? 8 : -1;
        if (authority < 0) {
            throw malformed("The request target is not a path (expected: /v3/conversations/...)");
        }
        int path = indexOfAny(uri, authority);
        return path == uri.length() ? "/" : uri.charAt(path) == '/' ? uri.substring(path) : "/" + uri.substring(path);
    }

    private static int indexOfAny(String uri, int from) {
        for (int i = from; i < uri.length(); i++) {
            if (uri.charAt(i) == '/' || uri.charAt(i) == '?') {
                return i;
            }
        }
        return uri.length();
    }

    /**
     * Decodes a target again as UTF-8: the decoder reads bytes as ISO 8859-1, and targets are forwarded in UTF-8. So the same bytes
     * go upstream.
     */
    private static String decodedAsUtf8(String target) {
        if (isAscii(target)) {
            return target;
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(target.getBytes(StandardCharsets.ISO_8859_1)))
                    .toString();
        } catch (CharacterCodingException notUtf8) {
            throw malformed("The request target has bytes that are neither UTF-8 nor percent-encoded");
        }
    }

    private static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 0x80) {
                return false;
            }
        }
        return true;
    }

    private static void expectation(MultiMap headers) {
        if (!headers.contains(HeaderNames.EXPECT)) {
            return;
        }
        List<String> expectations = headers.getAll(HeaderNames.EXPECT);
        if (expectations.size() > 1 || !expectations.get(0).equalsIgnoreCase("100-continue")) {
            throw new GatewayException(
                    Failure.EXPECTATION_FAILED, "This Expect is not supported (expected: 100-continue)");
        }
    }

    static GatewayException malformed(String what) {
        return new GatewayException(Failure.MALFORMED_REQUEST, what);
    }
}
