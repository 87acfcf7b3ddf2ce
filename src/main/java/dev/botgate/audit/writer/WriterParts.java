package dev.botgate.audit.writer;

import dev.botgate.audit.AuditSettings;
import io.vertx.core.Vertx;

/**
 * What the parts of one trail writer share.
 *
 * @param changed runs when the writer should look for its next step
 */
record WriterParts(
        Vertx vertx,
        AuditSettings settings,
        TrailStore store,
        BatchBisection bisection,
        WriteQueue queue,
        WriteResults results,
        WriterMetrics metrics,
        Runnable changed) {}
