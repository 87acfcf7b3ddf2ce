package dev.botgate.upstream;

import dev.botgate.exchange.Gathered;
import dev.botgate.exchange.HeldBytes;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;

/** The body of a reply on its way to being held whole, up to a bound. */
final class WholeBody {
    private final ReadStream<Buffer> stream;
    private final long maximumBytes;
    private final HeldBytes.Share held;
    private final boolean anyhow;
    private final Runnable abandon;
    private final Gathered bytes;

    /**
     * @param length as declared; -1 where it was not
     * @param held empty; what the body takes until it has come
     * @param anyhow whether it is read even if all bodies together take too much: its call cannot be undone, and what was
     *     answered must be known
     * @param abandon called when a bound is passed; it closes the connection that the stream comes from
     */
    WholeBody(
            ReadStream<Buffer> stream,
            long length,
            long maximumBytes,
            HeldBytes.Share held,
            boolean anyhow,
            Runnable abandon) {
        this.stream = stream;
        this.bytes = new Gathered(length);
        this.maximumBytes = maximumBytes;
        this.held = held;
        this.anyhow = anyhow;
        this.abandon = abandon;
    }

    /**
     * Reads the stream to its end.
     *
     * @return the bytes; fails with UPSTREAM_REPLY_TOO_LARGE beyond the bound, GATEWAY_BUSY beyond that of all bodies, else
     *     as the stream does
     */
    Future<Buffer> read() {
        Promise<Buffer> whole = Promise.promise();
        stream.exceptionHandler(whole::tryFail);
        stream.endHandler(ended -> whole.tryComplete(bytes.bytes()));
        stream.handler(chunk -> {
            if (bytes.length() + (long) chunk.length() <= maximumBytes) {
                bytes.add(chunk);
                hold(whole);
            } else if (whole.tryFail(tooLarge(maximumBytes))) {
                abandon.run();
            }
        });
        stream.resume();
        return whole.future().onComplete(read -> held.giveBack());
    }

    private void hold(Promise<Buffer> whole) {
        if (anyhow) {
            held.growAnyhow(bytes.room());
            return;
        }
        try {
            held.grow(bytes.room());
        } catch (GatewayException refused) {
            if (whole.tryFail(refused)) {
                abandon.run();
            }
        }
    }

    /** What has been read. */
    Buffer soFar() {
        return bytes.bytes();
    }

    static GatewayException tooLarge(long maximumBytes) {
        return new GatewayException(
                Failure.UPSTREAM_REPLY_TOO_LARGE,
                "The upstream's reply is larger than maximum-reply-bytes, " + maximumBytes);
    }
}
