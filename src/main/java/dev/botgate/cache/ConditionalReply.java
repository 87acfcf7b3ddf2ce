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

/** The part of a whole reply that a client asked for: {@code HEAD}, RFC 9110 section 9.3.2; {@code If-None-Match}, 13.1.2. */
final class ConditionalReply {
    /** The headers of RFC 9110 section 15.4.5, and those of caches. */
    private static final Set<String> OF_A_304 =
            Set.of("cache-control", "content-location", "date", "etag", "expires", "vary", "age", "cache-status");

    private ConditionalReply() {}

    static Reply of(RequestHead head, Reply reply) {
        MultiMap asked = head.headers();
        if (reply.status() == 200
                && asked.contains(HeaderNames.IF_NONE_MATCH)
                && matches(
                        asked.getAll(HeaderNames.IF_NONE_MATCH), reply.headers().get("ETag"))) {
            return notModified(reply);
        }
        return head.method().equals("HEAD") ? headOnly(reply) : reply;
    }

    /**
     * The headers that ask for the whole list, or with {@code validators} whether it is still right. {@code Prefer} is
     * removed: others may wait for the same reply, with patience of their own.
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

    /** {@code tag} without its weakness, which does not count here: RFC 9110 section 8.8.3.2. */
    private static String opaque(String tag) {
        String stripped = tag.strip();
        return stripped.startsWith("W/") ? stripped.substring(2) : stripped;
    }

    private static Reply notModified(Reply reply) {
        MultiMap headers = MultiMap.caseInsensitiveMultiMap();
        reply.headers().forEach(header -> {
            if (OF_A_304.contains(header.getKey().toLowerCase(Locale.ROOT))) {
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
