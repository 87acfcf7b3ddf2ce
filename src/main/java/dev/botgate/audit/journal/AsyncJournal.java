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
 * A {@link Journal} for use on an event loop: each call runs on the journal's own thread, in the order of the calls.
 *
 * <p>Records survive a power failure once {@link #append} has succeeded. Futures complete on the context of the call, and fail
 * with an {@link IOException}. {@link #state} is the state after the last completed call.
 */
public final class AsyncJournal {
    private final WorkerExecutor thread;
    private final Journal journal;
    private final UUID identity;
    private volatile State state;

    /**
     * The state of a journal.
     *
     * @param bytes its size on disk
     * @param waiting how many records are not released
     * @param damages how many damaged places were found since it was opened
     * @param setAside files that are kept because they hold damaged or refused records
     */
    public record State(long bytes, long waiting, long damages, List<Path> setAside) {
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

    /** Opens the journal in the settings' directory, or creates one; fails with {@link JournalException}. */
    public static Future<AsyncJournal> open(Vertx vertx, JournalSettings settings, Disk disk) {
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

    /** The identity of the journal's directory. */
    public UUID identity() {
        return identity;
    }

    public State state() {
        return state;
    }

    /** Makes all of {@code payloads} durable; on failure none of them is in the journal. */
    public Future<Void> append(List<byte[]> payloads) {
        return call(() -> {
            journal.append(payloads);
            return null;
        });
    }

    /** Reads the oldest records, up to both limits but at least one; empty when there are none. */
    public Future<Optional<JournalChunk>> read(int maximumRecords, long maximumBytes) {
        return call(() -> journal.read(maximumRecords, maximumBytes));
    }

    /** Removes the records of {@code chunk}, which are durable in the store. */
    public Future<Void> release(JournalChunk chunk) {
        return call(() -> {
            journal.release(chunk);
            return null;
        });
    }

    /** Keeps {@code payloads} in a file of their own, which is never drained. */
    public Future<Void> keepRefused(List<byte[]> payloads) {
        return call(() -> {
            journal.keepRefused(payloads);
            return null;
        });
    }

    /** Does the same for payloads of {@code chunk}; if the file cannot be written, the whole segment is kept. */
    public Future<Void> keepRefused(List<byte[]> payloads, JournalChunk chunk) {
        return call(() -> {
            journal.keepRefused(payloads, chunk);
            return null;
        });
    }

    /** Deletes the last segment, if all of its records are released. */
    public Future<Void> deleteReleased() {
        return call(() -> {
            journal.deleteReleased();
            return null;
        });
    }

    public Future<Void> close() {
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
