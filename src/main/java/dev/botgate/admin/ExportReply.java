package dev.botgate.admin;

import dev.botgate.audit.access.EntryExport;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An export as a reply of unknown length: a page is written when the one before has left for the client. What fails on
 * the way closes the connection, so that half an export does not pass for a whole one.
 */
final class ExportReply {
    private static final Logger log = LoggerFactory.getLogger(ExportReply.class);

    private final RoutingContext context;
    private final ExportFormat format;
    private final Buffer head;
    private final Map<String, String> botNames;

    ExportReply(RoutingContext context, ExportParameters parameters, Map<String, String> botNames) {
        this.botNames = botNames;
        this.context = context;
        this.format = parameters.format();
        this.head = parameters.head();
    }

    void send(EntryExport export) {
        HttpServerResponse response = context.response();
        response.setChunked(true)
                .putHeader("Content-Type", format.mediaType())
                .putHeader("Content-Disposition", "attachment; filename=\"audit." + format.text() + "\"")
                .putHeader("Cache-Control", "no-store");
        write(head)
                .compose(begun -> export.run(entries -> write(format.encode(entries, botNames))))
                .compose(entries -> response.end())
                .onFailure(this::broken);
    }

    private Future<Void> write(Buffer buffer) {
        return buffer.length() == 0
                ? Future.succeededFuture()
                : context.response().write(buffer);
    }

    private void broken(Throwable cause) {
        if (!context.response().headWritten()) {
            context.response().setChunked(false);
            context.response().headers().remove("Content-Disposition");
            context.fail(cause);
            return;
        }
        log.atWarn().setCause(cause).log("An export ended early");
        context.request().connection().close().onFailure(closed -> {});
    }
}
