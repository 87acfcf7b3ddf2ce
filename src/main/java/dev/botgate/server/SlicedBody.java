package dev.botgate.server;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;

/**
 * A body that is held whole on its way to a client, a slice at a time: what is given to the connection is copied to direct
 * memory, and waits there for a client that does not read. Used on one event loop.
 */
final class SlicedBody {
    private static final int SLICE = 65_536;

    private final HttpServerResponse response;
    private final Buffer bytes;
    private final Promise<Void> written = Promise.promise();
    private int at;
    private boolean last;

    /** @param response has the headers that tell of the body; nothing of it is written */
    SlicedBody(HttpServerResponse response, Buffer bytes) {
        this.response = response;
        this.bytes = bytes;
    }

    /** @return succeeds when all of it has gone out, or is about to; fails when the client has left */
    Future<Void> write() {
        response.exceptionHandler(written::tryFail);
        response.drainHandler(drained -> writeOn());
        writeOn();
        return written.future();
    }

    private void writeOn() {
        while (!last && !response.writeQueueFull()) {
            Buffer slice = bytes.slice(at, Math.min(at + SLICE, bytes.length()));
            at += slice.length();
            last = at == bytes.length();
            Future<Void> gone = response.write(slice).onFailure(written::tryFail);
            if (last) {
                gone.onSuccess(written::tryComplete);
            }
        }
    }
}
