package dev.botgate.sandbox;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;

/** The last requests that arrived, bounded by number and by bytes of bodies; safe on any thread. */
final class RequestLog {
    private final int maximumRequests;
    private final long maximumBytes;
    private final Map<Long, ReceivedRequest> entries = new LinkedHashMap<>();
    private final List<Waiting> waiting = new ArrayList<>();
    private long bytes;
    private long sequence;
    private long sinceClear;
    private long dropped;

    /** Completed by the request number {@code count} since the log was cleared. */
    private record Waiting(long count, Promise<Void> promise) {}

    /** A part of the log, with how many requests arrived since it was cleared, and how many of those it has dropped. */
    record Page(long total, long dropped, List<ReceivedRequest> requests) {}

    RequestLog(int maximumRequests, long maximumBytes) {
        this.maximumRequests = maximumRequests;
        this.maximumBytes = maximumBytes;
    }

    /** Adds the request that {@code entry} makes of its sequence number. */
    ReceivedRequest arrived(LongFunction<ReceivedRequest> entry) {
        List<Waiting> due;
        ReceivedRequest received;
        synchronized (this) {
            received = entry.apply(++sequence);
            sinceClear++;
            entries.put(received.sequence(), received);
            dropOldest();
            due = waiting.stream().filter(one -> one.count <= sinceClear).toList();
            waiting.removeAll(due);
        }
        due.forEach(one -> one.promise.complete());
        return received;
    }

    /** Adds what was read of a body, unless the request was dropped already. */
    synchronized void read(ReceivedRequest received, Buffer body, boolean complete) {
        ReceivedRequest updated =
                entries.computeIfPresent(received.sequence(), (number, entry) -> entry.withBody(body.copy(), complete));
        if (updated != null) {
            bytes += body.length();
            dropOldest();
        }
    }

    synchronized List<ReceivedRequest> all() {
        return List.copyOf(entries.values());
    }

    /** Up to {@code limit} requests whose number is above {@code after}, oldest first. */
    synchronized Page after(long after, int limit) {
        List<ReceivedRequest> requests = entries.values().stream()
                .filter(entry -> entry.sequence() > after)
                .limit(limit)
                .toList();
        return new Page(sinceClear, dropped, requests);
    }

    /** Completes when {@code count} requests have arrived since the log was last cleared. */
    Future<Void> arrivals(long count) {
        synchronized (this) {
            if (sinceClear < count) {
                Promise<Void> promise = Promise.promise();
                waiting.add(new Waiting(count, promise));
                return promise.future();
            }
        }
        return Future.succeededFuture();
    }

    synchronized void clear() {
        entries.clear();
        bytes = 0;
        sinceClear = 0;
        dropped = 0;
    }

    private void dropOldest() {
        Iterator<ReceivedRequest> oldest = entries.values().iterator();
        while (entries.size() > maximumRequests || (bytes > maximumBytes && entries.size() > 1)) {
            ReceivedRequest entry = oldest.next();
            bytes -= entry.body().length();
            oldest.remove();
            dropped++;
        }
    }
}
