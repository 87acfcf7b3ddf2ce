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
 * An append-only queue of records on disk, used from an event loop: its files are touched on one thread of its own, in the
 * order of the calls.
 *
 * <p>What {@link #append} has succeeded for survives a power cut. Futures complete on the context of the call, and fail with
 * an {@link IOException}; {@link #state} is that after the last of them.
 */
public final class AsyncJournal {
    private final WorkerExecutor thread;
    private final Journal journal;
    private final UUID identity;
    private volatile State state;

    /**
     * What a journal holds.
     *
     * @param bytes its size on disk
     * @param waiting how many records are not released
     * @param damages how many damaged places were found since it was opened
     * @param setAside the files that are kept because something in them is damaged or refused
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

    /** Opens the journal in the settings' directory, or begins one; fails with {@link JournalException}. */
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

    /** Makes all of {@code payloads} durable, or when it fails none of them. */
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

    /** Removes the records of {@code chunk}, which are durable elsewhere. */
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

    /** The same for payloads of {@code chunk}: if there is no room for the file, the chunk's segment is kept. */
    public Future<Void> keepRefused(List<byte[]> payloads, JournalChunk chunk) {
        return call(() -> {
            journal.keepRefused(payloads, chunk);
            return null;
        });
    }

    /** Deletes the last segment, if everything in it was released. */
    public Future<Void> rest() {
        return call(() -> {
            journal.rest();
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
