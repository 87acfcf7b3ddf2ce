package dev.botgate.audit.writer;

import dev.botgate.audit.TrailRecord;
import dev.botgate.testing.Patience;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A store whose every write waits for the test's word; for orders of events that a real database seldom shows. */
final class HeldStore implements TrailStore {
    private final BlockingQueue<Write> writes = new LinkedBlockingQueue<>();
    private final List<TrailRecord> written = new ArrayList<>();
    private volatile boolean usable = true;
    private volatile Runnable ready = () -> {};

    /** One write, and how it will end. */
    record Write(List<TrailRecord> records, Promise<Void> end) {}

    /** Opens it, as a database that is {@code usable} or not yet. */
    TrailStore.Opening opening(boolean usableAtOnce) {
        return (journal, wake) -> {
            usable = usableAtOnce;
            ready = wake;
            return Future.succeededFuture(this);
        };
    }

    /** Comes or goes; to be told on the trail's context. */
    void usable(boolean now) {
        usable = now;
        ready.run();
    }

    /** The next write that was begun; waits for it. */
    Write next() throws InterruptedException {
        Write next = writes.poll(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("Nothing was written");
        }
        return next;
    }

    /** What was written and not refused. */
    synchronized List<TrailRecord> written() {
        return List.copyOf(written);
    }

    @Override
    public Optional<String> problem() {
        return usable ? Optional.empty() : Optional.of("away");
    }

    @Override
    public Future<Void> write(List<TrailRecord> records) {
        Write write = new Write(List.copyOf(records), Promise.promise());
        writes.add(write);
        return write.end().future().onSuccess(done -> add(records));
    }

    private synchronized void add(List<TrailRecord> records) {
        records.stream().filter(one -> !written.contains(one)).forEach(written::add);
    }

    @Override
    public Future<Void> close() {
        return Future.succeededFuture();
    }
}
