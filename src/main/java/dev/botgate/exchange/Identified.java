package dev.botgate.exchange;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;

/**
 * A request whose caller is known; the body is unread.
 *
 * @param permit what it was admitted with
 */
public record Identified(RequestHead head, Caller caller, IncomingBody body, Permit permit) {
    /** A request that has not been admitted. */
    public Identified(RequestHead head, Caller caller, IncomingBody body) {
        this(head, caller, body, Permit.NONE);
    }

    /** The same request, its body read, or ready to be streamed. */
    public Call with(Payload payload) {
        return with(head, payload);
    }

    /** The same request, its body read and normalized, with the head that goes with it. */
    public Call with(RequestHead normalized, Payload payload) {
        return new Call(normalized, caller, payload, 1, body::clientGone, permit);
    }

    /** The same request, admitted. */
    public Identified with(Permit given) {
        return new Identified(head, caller, body, given);
    }

    /**
     * The same request, to be carried out whether its client stays or leaves, since others wait for the reply too.
     *
     * @param once whether nobody would wait for a second attempt
     */
    public Identified forOthersToo(boolean once) {
        return new Identified(head, caller, new SharedBody(body, once), permit);
    }

    /**
     * The body of a request whose reply other clients wait for too: its own client's disconnecting cancels nothing.
     *
     * @param once whether nobody would wait for a second attempt
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
        public void hold(long bytes) {
            body.hold(bytes);
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
