package dev.botgate.audit.access;

import dev.botgate.audit.AuditEntry;
import dev.botgate.audit.Intent;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All entries that a query asks for, oldest first, page by page: while one page is written, the next one is read, and
 * no more. Entries that are recorded after it began are not in it.
 *
 * <p>For one event loop.
 */
public final class EntryExport {
    /** About how large a page should be, so that memory stays flat. */
    private static final long TARGET_PAGE_BYTES = 4 << 20;

    /** While the size of entries is unknown. */
    private static final int FIRST_PAGE = 100;

    private final AuditReader reader;
    private final EntryQuery query;
    private final BiFunction<Long, @Nullable UUID, Future<Void>> ended;
    private long entries;
    private @Nullable UUID last;

    private EntryExport(AuditReader reader, EntryQuery query, BiFunction<Long, @Nullable UUID, Future<Void>> ended) {
        this.reader = reader;
        this.query = query;
        this.ended = ended;
    }

    /**
     * An export of what is recorded before {@code now}.
     *
     * @param after the last entry that the client has already; null for none
     * @return fails with MALFORMED_REQUEST when there is no such entry
     */
    static Future<EntryExport> begin(
            AuditReader reader,
            EntryQuery filters,
            @Nullable UUID after,
            Instant now,
            BiFunction<Long, @Nullable UUID, Future<Void>> ended) {
        Instant to = filters.to();
        EntryQuery query = filters.to(to == null || to.isAfter(now) ? now : to)
                .inOldestFirstOrder()
                .limit(FIRST_PAGE);
        if (after == null) {
            return Future.succeededFuture(new EntryExport(reader, query, ended));
        }
        return reader.cursorAfter(after).compose(cursor -> cursor.map(
                        text -> Future.succeededFuture(new EntryExport(reader, query.after(text), ended)))
                .orElseGet(() -> Future.failedFuture(new GatewayException(
                        Failure.MALFORMED_REQUEST, "after: no such entry (expected: the id of an entry)"))));
    }

    /** The end of its time range. */
    public Instant end() {
        Instant to = query.to();
        return to == null ? Instant.MAX : to;
    }

    /**
     * Passes each page to {@code sink} when it has written the one before.
     *
     * @param sink its failure ends the export
     * @return how many entries were written
     */
    public Future<Long> run(Function<List<AuditEntry>, Future<Void>> sink) {
        Promise<Void> written = Promise.promise();
        reader.search(query).onComplete(page -> write(page, sink, written), written::fail);
        return written.future().transform(done -> ended.apply(entries, last)
                .compose(recorded ->
                        done.failed() ? Future.failedFuture(done.cause()) : Future.succeededFuture(entries)));
    }

    /** Goes from page to page by callbacks: a chain of futures would keep all pages until the end. */
    private void write(Page<AuditEntry> page, Function<List<AuditEntry>, Future<Void>> sink, Promise<Void> written) {
        String next = page.next();
        Future<@Nullable Page<AuditEntry>> nextPage = next == null
                ? Future.succeededFuture(null)
                : reader.search(query.limit(nextLimit(page)).after(next)).map(found -> found);
        sink.apply(page.entries())
                .onSuccess(taken -> count(page))
                .compose(taken -> nextPage)
                .onComplete(
                        following -> {
                            if (following == null) {
                                written.complete();
                            } else {
                                write(following, sink, written);
                            }
                        },
                        written::fail);
    }

    /** How many entries the next page should have, if they are like those of this one. */
    private static int nextLimit(Page<AuditEntry> page) {
        long bytes = 1;
        for (AuditEntry entry : page.entries()) {
            bytes += bytes(entry.intent());
        }
        long fitting = TARGET_PAGE_BYTES * page.entries().size() / bytes;
        return (int) Math.max(1, Math.min(EntryQuery.MAX_EXPORT_LIMIT, fitting));
    }

    /** The length of the texts that have no bound. */
    private static long bytes(Intent intent) {
        Buffer body = intent.body().bytes();
        return Stream.of(intent.bot(), intent.tenant(), intent.conversation(), intent.activity(), intent.member())
                        .filter(Objects::nonNull)
                        .mapToLong(String::length)
                        .sum()
                + intent.uri().length()
                + (body == null ? 0 : body.length());
    }

    private void count(Page<AuditEntry> page) {
        if (!page.entries().isEmpty()) {
            entries += page.entries().size();
            last = page.entries()
                    .get(page.entries().size() - 1)
                    .intent()
                    .exchange()
                    .id();
        }
    }
}
