package dev.botgate.cache;

import dev.botgate.exchange.Reply;
import dev.botgate.exchange.ReplyBody;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * A kept list. Equal to no other, though it may hold the same bytes.
 *
 * <p>Its age counts from the beginning of its load, and from what age the upstream declared then: RFC 9111 section
 * 4.2.3. All headers but those of a quota are kept as they came, those too that name the exchange in which they came, such as {@code Date}
 * and {@code x-ms-request-id}: they tell an operator where the list is from.
 */
final class StoredReply {
    private static final int ENTRY_OF_A_HEADER = 32;

    /** What is true of the request that loaded the list, and costs no other anything. */
    private static final Set<String> OF_THE_LOAD = Set.of("ratelimit", "ratelimit-policy");

    private final int status;
    private final String reason;
    private final List<Map.Entry<String, String>> headers;
    private final Buffer body;
    private final long bornAt;
    private final long timeToLive;
    private final Generation generation;
    private final long weight;

    /**
     * Keeps a copy of {@code reply}, whose body is {@code body}.
     *
     * @param timeToLive how old the list may become
     */
    StoredReply(Load load, Reply reply, ReplyBody.Whole body, Duration timeToLive) {
        this.status = reply.status();
        this.reason = reply.reason();
        this.headers = reply.headers().entries().stream()
                .filter(header -> !OF_THE_LOAD.contains(header.getKey().toLowerCase(Locale.ROOT)))
                .map(header -> Map.entry(header.getKey(), header.getValue()))
                .toList();
        this.body = Buffer.buffer(body.bytes().getBytes());
        this.bornAt = load.beganAt() - Age.of(reply.headers()).toNanos();
        this.timeToLive = timeToLive.toNanos();
        this.generation = load.generation();
        this.weight = Weight.OF_AN_ENTRY + load.key().weight() + weightOfHeaders() + this.body.length();
    }

    Generation generation() {
        return generation;
    }

    /** An upper bound of the memory that the list takes with its key, in bytes. */
    long weight() {
        return weight;
    }

    /** How long it may still be served, in nanoseconds; zero or less when its time is over. */
    long remaining(long now) {
        return timeToLive - (now - bornAt);
    }

    /** The list as the reply to one request, whose headers are its own. */
    Reply reply(long now) {
        MultiMap copy = MultiMap.caseInsensitiveMultiMap();
        headers.forEach(header -> copy.add(header.getKey(), header.getValue()));
        copy.set(Age.HEADER, Long.toString(TimeUnit.NANOSECONDS.toSeconds(now - bornAt)));
        CacheStatus.addHit(copy, TimeUnit.NANOSECONDS.toSeconds(remaining(now)));
        return new Reply(status, reason, copy, new ReplyBody.Whole(body.slice()));
    }

    private long weightOfHeaders() {
        return headers.stream()
                .mapToLong(header -> ENTRY_OF_A_HEADER + Weight.of(header.getKey()) + Weight.of(header.getValue()))
                .sum();
    }
}
