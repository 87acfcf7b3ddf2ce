package dev.botgate.exchange;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The body of a request to the connector. */
public sealed interface Payload {

    /** No body. */
    record None() implements Payload {}

    /**
     * A whole body in memory.
     *
     * @param bytes exactly what goes upstream
     * @param contentType the {@code Content-Type} that goes upstream; null leaves the client's header, or its absence
     * @param sourceMediaType the media type that the client sent, without parameters, in lower case; null where it named none
     * @param serviceUrls the service URLs in a JSON document that the gateway translates, in byte order
     * @param namesMembers whether an activity in the JSON document names added or removed members
     */
    record Whole(
            Buffer bytes,
            @Nullable String contentType,
            @Nullable String sourceMediaType,
            List<JsonStrings.Span> serviceUrls,
            boolean namesMembers)
            implements Payload {
        public Whole {
            serviceUrls = List.copyOf(serviceUrls);
        }

        /** A body that names no members. */
        public Whole(
                Buffer bytes,
                @Nullable String contentType,
                @Nullable String sourceMediaType,
                List<JsonStrings.Span> serviceUrls) {
            this(bytes, contentType, sourceMediaType, serviceUrls, false);
        }

        /** The same body after its service URLs were translated. */
        public Whole translated(Buffer replacement) {
            return new Whole(replacement, contentType, sourceMediaType, List.of(), namesMembers);
        }
    }

    /**
     * A body that passes through unread.
     *
     * @param length the declared length in bytes, -1 if it is unknown
     */
    record Streamed(ReadStream<Buffer> stream, long length) implements Payload {}
}
