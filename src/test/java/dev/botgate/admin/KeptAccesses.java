package dev.botgate.admin;

import dev.botgate.audit.Access;
import dev.botgate.audit.AccessLog;
import io.vertx.core.Future;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Records of access in memory. */
final class KeptAccesses implements AccessLog {
    private final List<Access> accesses = new CopyOnWriteArrayList<>();

    List<Access> accesses() {
        return accesses;
    }

    @Override
    public Future<Void> record(Access access) {
        accesses.add(access);
        return Future.succeededFuture();
    }

    @Override
    public Future<Void> close() {
        return Future.succeededFuture();
    }
}
