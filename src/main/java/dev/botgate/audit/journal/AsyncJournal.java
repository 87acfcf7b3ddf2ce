package dev.botgate.audit.journal;

import dev.botgate.audit.JournalSettings;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/**
 * A journal for those who must not wait: its files are touched on one thread of its own, in the order of the calls.
 *
 * <p>Futures complete on the context of the call; what it tells of itself is as of the last of them.
 */
final class AsyncJournal {
    private final WorkerExecutor thread;
    private final Journal journal;
    private final UUID identity;
    private volatile State state;

    /** What a journal holds: {@code waiting} records in {@code bytes} on disk. */
    record State(long bytes, long waiting, long damages, List<Path> setAside) {
        static State of(Journal journal) {
            return new State(journal.bytes(), journal.waiting(), journal.damages(), journal.setAside());
        }
    }

    private AsyncJournal(WorkerExecutor thread, Journal journal, State state) {
        this.thread = thread;
        this.journal = journal;
        this.identity = journal.identity();
        this.state = state;
    }

    /** Opens it on the thread that it will have; fails with {@link JournalException}. */
    static Future<AsyncJournal> open(Vertx vertx, JournalSettings settings, Disk disk) {
        WorkerExecutor thread =
                vertx.createSharedWorkerExecutor("botgate-journal-" + UUID.randomUUID(), 1, 1, TimeUnit.MINUTES);
        return thread.executeBlocking(() -> {
                    try {
                        Journal journal = Journal.open(settings.directory(), settings.segmentBytes(), disk);
                        return new AsyncJournal(thread, journal, State.of(journal));
                    } catch (IOException e) {
                        throw JournalException.unusable(settings.directory(), e);
                    }
                })
                .recover(cause -> thread.close().transform(closed -> Future.failedFuture(cause)));
    }

    UUID identity() {
        return identity;
    }

    State state() {
        return state;
    }

    Future<Void> append(List<byte[]> payloads) {
        return call(() -> {
            journal.append(payloads);
            return null;
        });
    }

    Future<Optional<JournalChunk>> read(int maximumRecords, long maximumBytes) {
        return call(() -> journal.read(maximumRecords, maximumBytes));
    }

    Future<Void> release(JournalChunk chunk) {
        return call(() -> {
            journal.release(chunk);
            return null;
        });
    }

    Future<Void> keepRefused(List<byte[]> payloads) {
        return call(() -> {
            journal.keepRefused(payloads);
            return null;
        });
    }

    Future<Void> keepRefused(List<byte[]> payloads, JournalChunk chunk) {
        return call(() -> {
            journal.keepRefused(payloads, chunk);
            return null;
        });
    }

    Future<Void> rest() {
        return call(() -> {
            journal.rest();
            return null;
        });
    }

    Future<Void> close() {
        Future<Void> closed = call(() -> {
            journal.close();
            return null;
        });
        return closed.eventually(thread::close);
    }

    private <T> Future<T> call(Callable<T> work) {
        return thread.executeBlocking(
                () -> {
                    try {
                        return work.call();
                    } finally {
                        state = State.of(journal);
                    }
                },
                true);
    }
}
