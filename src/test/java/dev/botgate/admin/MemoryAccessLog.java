package dev.botgate.admin;

import dev.botgate.audit.access.AccessLog;
import dev.botgate.audit.access.AccessRecord;
import io.vertx.core.Future;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** An access log in memory. */
final class MemoryAccessLog implements AccessLog {
    private final List<AccessRecord> records = new CopyOnWriteArrayList<>();

    List<AccessRecord> records() {
        return records;
    }

    @Override
    public Future<Void> record(AccessRecord access) {
        records.add(access);
        return Future.succeededFuture();
    }

    @Override
    public Future<Void> close() {
        return Future.succeededFuture();
    }
}
