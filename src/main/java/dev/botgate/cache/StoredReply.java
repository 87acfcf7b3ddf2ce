package dev.botgate.cache;

import dev.botgate.exchange.Headers;
import dev.botgate.exchange.Reply;
import dev.botgate.exchange.ReplyBody;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * A kept list, or a 404 in its place. Equal to no other, though it may hold the same bytes.
 *
 * <p>Its age counts from {@link ReplyAge#atArrival}. All headers are kept as they came, those too that name the exchange in which they came, such as {@code Date}
 * and {@code x-ms-request-id}: they tell an operator where the list is from. Not kept is what tells of permits, of which
 * giving a kept list takes none.
 */
final class StoredReply {
    private static final int ENTRY_OF_A_HEADER = 32;

    /** What a 304 says of itself, or cannot change: RFC 9111 section 3.2. */
    private static final Set<String> NOT_RENEWED =
            Set.of("content-encoding", "content-type", "content-range", "content-length", "cache-status");

    private static final Set<String> NOT_KEPT = Set.of("ratelimit", "ratelimit-policy");

    private final int status;
    private final String reason;
    private final MultiMap headers;
    private final Buffer body;
    private final long bornAt;
    private final Freshness freshness;
    private final Generation generation;
    private final LoadFailure trouble = new LoadFailure();
    private final long weight;

    /**
     * Keeps a copy of {@code reply}, whose body is {@code body}.
     *
     * @param bornAt when its age was zero, in the time of {@link Load#beganAt}
     */
    StoredReply(Load load, Reply reply, ReplyBody.Whole body, Freshness freshness, long bornAt) {
        this.status = reply.status();
        this.reason = reply.reason();
        this.headers = Headers.copy(reply.headers());
        NOT_KEPT.forEach(headers::remove);
        this.body = Buffer.buffer(body.bytes().getBytes());
        this.bornAt = bornAt;
        this.freshness = freshness;
        this.generation = load.generation();
        this.weight = HeapSize.OF_AN_ENTRY + load.key().weight() + weightOfHeaders() + this.body.length();
    }

    Generation generation() {
        return generation;
    }

    Freshness freshness() {
        return freshness;
    }

    /** What was heard when it was to be loaded anew. */
    LoadFailure trouble() {
        return trouble;
    }

    /** An upper bound of the memory that the list takes with its key, in bytes. */
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

    /** How long it may still be of use, in nanoseconds; zero or less when its time is over. */
    long keptFor(long now) {
        return freshness.kept() - age(now);
    }

    /** The request headers that ask whether it is still right; empty where the upstream gave nothing to ask by. */
    Map<String, String> validators() {
        if (status != 200) {
            return Map.of();
        }
        return first("ETag")
                .map(tag -> Map.of("If-None-Match", tag))
                .or(() -> first("Last-Modified").map(date -> Map.of("If-Modified-Since", date)))
                .orElse(Map.of());
    }

    /** The list as the reply to one request, whose headers are its own, with {@code told} among them. */
    Reply reply(long now, CacheStatus told) {
        MultiMap copy = copyOfHeaders();
        copy.set(ReplyAge.HEADER, Long.toString(Math.max(0, TimeUnit.NANOSECONDS.toSeconds(age(now)))));
        copy.add(CacheStatus.HEADER, told.value());
        return new Reply(status, reason, copy, new ReplyBody.Whole(body.slice()));
    }

    /** The list as if it had come anew, with what {@code notModified} says of it: RFC 9111 section 4.3.4. */
    Reply renewedBy(Reply notModified) {
        MultiMap renewed = copyOfHeaders();
        renewed.remove(ReplyAge.HEADER);
        for (String name : notModified.headers().names()) {
            if (!NOT_RENEWED.contains(name.toLowerCase(Locale.ROOT))) {
                renewed.set(name, notModified.headers().getAll(name));
            }
        }
        return new Reply(status, reason, renewed, new ReplyBody.Whole(body.slice()));
    }

    private MultiMap copyOfHeaders() {
        return Headers.copy(headers);
    }

    private Optional<String> first(String name) {
        return headers.getAll(name).stream().findFirst();
    }

    private long weightOfHeaders() {
        return headers.entries().stream()
                .mapToLong(header -> ENTRY_OF_A_HEADER + HeapSize.of(header.getKey()) + HeapSize.of(header.getValue()))
                .sum();
    }
}
