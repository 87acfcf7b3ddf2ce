package dev.botgate.cache;

import dev.botgate.exchange.HeaderNames;
import dev.botgate.exchange.Reply;
import dev.botgate.exchange.ReplyBody;
import dev.botgate.exchange.RequestHead;
import io.vertx.core.MultiMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The part of a whole reply that a client asks for: {@code HEAD}, RFC 9110 section 9.3.2; {@code If-None-Match}, 13.1.2. */
final class ConditionalReply {
    /** The headers of a 304: RFC 9110 section 15.4.5, and those of caches. */
    private static final Set<String> NOT_MODIFIED_HEADERS =
            Set.of("cache-control", "content-location", "date", "etag", "expires", "vary", "age", "cache-status");

    private ConditionalReply() {}

    static Reply of(RequestHead head, Reply reply) {
        MultiMap requestHeaders = head.headers();
        if (reply.status() == 200
                && requestHeaders.contains(HeaderNames.IF_NONE_MATCH)
                && matches(
                        requestHeaders.getAll(HeaderNames.IF_NONE_MATCH),
                        reply.headers().get("ETag"))) {
            return notModified(reply);
        }
        return head.method().equals("HEAD") ? headOnly(reply) : reply;
    }

    /**
     * The headers of a request for the whole list, conditional with {@code validators}. {@code Prefer} is removed, because
     * other requests may wait for the same reply.
     */
    static MultiMap headers(MultiMap sent, Map<String, String> validators) {
        if (validators.isEmpty() && !sent.contains(HeaderNames.IF_NONE_MATCH) && !sent.contains(HeaderNames.PREFER)) {
            return sent;
        }
        return MultiMap.caseInsensitiveMultiMap()
                .addAll(sent)
                .remove(HeaderNames.PREFER)
                .remove(HeaderNames.IF_NONE_MATCH)
                .remove(HeaderNames.IF_MODIFIED_SINCE)
                .addAll(validators);
    }

    private static boolean matches(List<String> wanted, @Nullable String tag) {
        String all = String.join(",", wanted);
        if (all.strip().equals("*")) {
            return true;
        }
        if (tag == null) {
            return false;
        }
        String opaque = opaque(tag);
        int start = all.indexOf('"');
        while (start >= 0) {
            int end = all.indexOf('"', start + 1);
            if (end < 0) {
                return false;
            }
            if (all.substring(start, end + 1).equals(opaque)) {
                return true;
            }
            start = all.indexOf('"', end + 1);
        }
        return false;
    }

    /** {@code tag} without {@code W/}, which the weak comparison ignores: RFC 9110 section 8.8.3.2. */
    private static String opaque(String tag) {
        String stripped = tag.strip();
        return stripped.startsWith("W/") ? stripped.substring(2) : stripped;
    }

    private static Reply notModified(Reply reply) {
        MultiMap headers = MultiMap.caseInsensitiveMultiMap();
        reply.headers().forEach(header -> {
            if (NOT_MODIFIED_HEADERS.contains(header.getKey().toLowerCase(Locale.ROOT))) {
                headers.add(header.getKey(), header.getValue());
            }
        });
        return new Reply(304, "Not Modified", headers, new ReplyBody.Absent(-1));
    }

    private static Reply headOnly(Reply reply) {
        long length = -1;
        if (reply.body() instanceof ReplyBody.Whole whole) {
            length = whole.bytes().length();
        } else if (reply.body() instanceof ReplyBody.Streamed streamed) {
            length = streamed.length();
            streamed.abandon().run();
        }
        return reply.withBody(new ReplyBody.Absent(length));
    }
}
