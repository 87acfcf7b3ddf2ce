package dev.botgate.server;

import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import dev.botgate.operation.RouteTable;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpVersion;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a request's head must be before anything is done with it: RFC 9112 sections 3.2 and 6, RFC 3986.
 *
 * <p>The decoder has refused what it cannot read; this refuses what it reads but two parties could read differently.
 */
final class HeadCheck {
    private static final Pattern HOST =
            Pattern.compile("(\\[[0-9A-Fa-f:.]+]|[A-Za-z0-9._~!$&'()*+,;=%-]+)(:[0-9]{1,5})?");

    private HeadCheck() {}

    /**
     * The request target in origin form: raw path and query, starting with a slash.
     *
     * @throws GatewayException MALFORMED_REQUEST, naming the part that is wrong
     */
    static String target(HttpVersion version, String uri, MultiMap headers) {
        host(version, headers);
        if (headers.contains("")) {
            throw malformed("There is a header without a name");
        }
        framing(headers);
        expectation(headers);
        String target = asSent(originForm(uri));
        for (int i = 0; i < target.length(); i++) {
            char c = target.charAt(i);
            if (c <= ' ' || c == 0x7f || c == '#' || c == '\\') {
                throw malformed("The request target holds a character that must be percent-encoded");
            }
        }
        int question = target.indexOf('?');
        if (RouteTable.hasDotSegment(question < 0 ? target : target.substring(0, question))) {
            throw malformed("The path has a segment \".\" or \"..\"");
        }
        return target;
    }

    private static void host(HttpVersion version, MultiMap headers) {
        List<String> hosts = headers.getAll("Host");
        if (hosts.size() > 1) {
            throw malformed("There are " + hosts.size() + " Host headers (expected: one)");
        }
        if (hosts.isEmpty()) {
            if (version == HttpVersion.HTTP_1_0) {
                return;
            }
            throw malformed("The Host header is missing");
        }
        if (!hosts.get(0).isEmpty() && !HOST.matcher(hosts.get(0)).matches()) {
            throw malformed("The Host header is no host with an optional port");
        }
    }

    private static void framing(MultiMap headers) {
        List<String> encodings = headers.getAll("Transfer-Encoding");
        if (encodings.isEmpty()) {
            if (headers.getAll("Content-Length").size() > 1) {
                throw malformed("There is more than one Content-Length");
            }
            return;
        }
        if (headers.contains("Content-Length")) {
            throw malformed("Transfer-Encoding and Content-Length contradict each other");
        }
        if (encodings.size() > 1 || !encodings.get(0).strip().equalsIgnoreCase("chunked")) {
            throw malformed("The only Transfer-Encoding that is understood is chunked");
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
            throw malformed("The request target is no path (expected: /v3/conversations/...)");
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
     * The decoder reads bytes as ISO 8859-1, and they are written as UTF-8: what is not ASCII is taken for the UTF-8 that
     * it was, so that the same bytes go on.
     */
    private static String asSent(String target) {
        if (target.chars().allMatch(c -> c < 0x80)) {
            return target;
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(target.getBytes(StandardCharsets.ISO_8859_1)))
                    .toString();
        } catch (CharacterCodingException noUtf8) {
            throw malformed("The request target holds bytes that are no UTF-8 and not percent-encoded");
        }
    }

    private static void expectation(MultiMap headers) {
        List<String> expectations = headers.getAll("Expect");
        if (!expectations.isEmpty()
                && (expectations.size() > 1 || !expectations.get(0).equalsIgnoreCase("100-continue"))) {
            throw new GatewayException(
                    Failure.EXPECTATION_FAILED, "The only expectation that is understood is 100-continue");
        }
    }

    private static GatewayException malformed(String what) {
        return new GatewayException(Failure.MALFORMED_REQUEST, what);
    }
}
