package dev.botgate.cache;

import dev.botgate.exchange.Headers;
import dev.botgate.exchange.Reply;
import dev.botgate.exchange.ReplyBody;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * A stored list, or a stored 404. Equal only to itself.
 *
 * <p>Its headers are those of the original reply, including {@code Date} and {@code x-ms-request-id}, by which an operator
 * finds the original request. Headers about permits are removed, because a hit takes none.
 */
final class StoredReply {
    /** Estimated memory of a list's objects, apart from its texts, in bytes. */
    private static final int ENTRY_SIZE = 512;

    private static final int HEADER_SIZE = 32;
    private static final int STRING_SIZE = 48;
    private static final int LIST_SIZE = 64;

    /** Headers that a 304 does not update: RFC 9111 section 3.2. */
    private static final Set<String> NOT_RENEWED =
            Set.of("content-encoding", "content-type", "content-range", "content-length", "cache-status");

    private static final Set<String> NOT_STORED = Set.of("ratelimit", "ratelimit-policy");

    private final int status;
    private final String reason;
    private final MultiMap headers;
    private final Buffer body;
    private final long bornAt;
    private final Freshness freshness;
    private final ListStore.Generation generation;
    private final LoadFailures.LastLoad lastLoad = new LoadFailures.LastLoad();
    private final long weight;

    /**
     * A copy of {@code reply}, whose body is {@code body}.
     *
     * @param bornAt when its age was zero, in the time of {@link Load#beganAt}
     */
    StoredReply(Load load, Reply reply, ReplyBody.Whole body, Freshness freshness, long bornAt) {
        this.status = reply.status();
        this.reason = reply.reason();
        this.headers = Headers.copy(reply.headers());
        NOT_STORED.forEach(headers::remove);
        this.body = Buffer.buffer(body.bytes().getBytes());
        this.bornAt = bornAt;
        this.freshness = freshness;
        this.generation = load.generation();
        this.weight = ENTRY_SIZE + load.key().weight() + weightOfHeaders() + this.body.length();
    }

    ListStore.Generation generation() {
        return generation;
    }

    Freshness freshness() {
        return freshness;
    }

    /** Whether its last refresh failed. */
    LoadFailures.LastLoad lastLoad() {
        return lastLoad;
    }

    /** An upper bound of the memory that the list and its key take, in bytes. */
    long weight() {
        return weight;
    }

    long age(long now) {
        return now - bornAt;
    }

    /** How long it is still fresh, in nanoseconds; zero or less when it is stale. */
    long remaining(long now) {
        return freshness.lifetime() - age(now);
    }

    /** How long it may be used, at least for validation, in nanoseconds; zero or less when it is too old. */
    long usableFor(long now) {
        return freshness.usable() - age(now);
    }

    /** The request headers that ask whether it has changed; empty if the connector gave no validator. */
    Map<String, String> validators() {
        if (status != 200) {
            return Map.of();
        }
        String tag = headers.get("ETag");
        String date = headers.get("Last-Modified");
        if (tag != null) {
            return Map.of("If-None-Match", tag);
        }
        return date == null ? Map.of() : Map.of("If-Modified-Since", date);
    }

    /** The list as the reply to one request, with headers of its own. */
    Reply reply(long now, CacheStatus status) {
        MultiMap copy = Headers.copy(headers);
        copy.set(Freshness.AGE, Long.toString(Math.max(0, TimeUnit.NANOSECONDS.toSeconds(age(now)))));
        copy.add(CacheStatus.HEADER, status.value());
        return new Reply(this.status, reason, copy, new ReplyBody.Whole(body.slice()));
    }

    /** The list as if it had been loaded again, with the headers of a 304: RFC 9111 section 4.3.4. */
    Reply renewedBy(Reply notModified) {
        MultiMap renewed = Headers.copy(headers);
        renewed.remove(Freshness.AGE);
        for (String name : notModified.headers().names()) {
            if (!NOT_RENEWED.contains(name.toLowerCase(Locale.ROOT))) {
                renewed.set(name, notModified.headers().getAll(name));
            }
        }
        return new Reply(status, reason, renewed, new ReplyBody.Whole(body.slice()));
    }

    /** An upper bound of what {@code text} takes on the heap, in bytes. */
    static long heapSize(String text) {
        return STRING_SIZE + 2L * text.length();
    }

    static long heapSize(List<String> texts) {
        return LIST_SIZE + texts.stream().mapToLong(StoredReply::heapSize).sum();
    }

    private long weightOfHeaders() {
        return headers.entries().stream()
                .mapToLong(header -> HEADER_SIZE + heapSize(header.getKey()) + heapSize(header.getValue()))
                .sum();
    }
}
