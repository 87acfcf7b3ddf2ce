package dev.botgate.exchange;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;

/**
 * A request whose caller is known; the body is unread.
 *
 * @param permit the permit that it was admitted with
 */
public record Identified(RequestHead head, Caller caller, IncomingBody body, Permit permit) {
    /** A request that has not been admitted. */
    public Identified(RequestHead head, Caller caller, IncomingBody body) {
        this(head, caller, body, Permit.NONE);
    }

    /** The call with this request's head and {@code payload}. */
    public Call with(Payload payload) {
        return with(head, payload);
    }

    /** The call with {@code payload} and the head that fits it. */
    public Call with(RequestHead normalized, Payload payload) {
        return new Call(normalized, caller, payload, 1, body::clientGone, permit);
    }

    /** The same request with its permit. */
    public Identified with(Permit given) {
        return new Identified(head, caller, body, given);
    }

    /**
     * The same request, which is not cancelled when its client disconnects, because other clients wait for the reply too.
     *
     * @param once whether it must not be retried
     */
    public Identified shared(boolean once) {
        return new Identified(head, caller, new SharedBody(body, once), permit);
    }

    /**
     * The body of a request whose reply other clients wait for too: its own client's disconnecting cancels nothing.
     *
     * @param once whether it must not be retried
     */
    private record SharedBody(IncomingBody body, boolean once) implements IncomingBody {
        @Override
        public long length() {
            return body.length();
        }

        @Override
        public Future<Buffer> read(long maximumBytes) {
            return body.read(maximumBytes);
        }

        @Override
        public void reserve(long bytes) {
            body.reserve(bytes);
        }

        @Override
        public ReadStream<Buffer> stream() {
            return body.stream();
        }

        @Override
        public boolean clientGone() {
            return once;
        }
    }
}
