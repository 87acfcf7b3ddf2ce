package dev.botgate.admin;

import dev.botgate.audit.access.AccessLog;
import dev.botgate.audit.access.AccessRecord;
import io.vertx.core.Future;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Records of access in memory. */
final class KeptAccesses implements AccessLog {
    private final List<AccessRecord> accesses = new CopyOnWriteArrayList<>();

    List<AccessRecord> accesses() {
        return accesses;
    }

    @Override
    public Future<Void> record(AccessRecord access) {
        accesses.add(access);
        return Future.succeededFuture();
    }

    @Override
    public Future<Void> close() {
        return Future.succeededFuture();
    }
}
