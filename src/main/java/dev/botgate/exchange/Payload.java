package dev.botgate.exchange;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What goes upstream after the head. */
public sealed interface Payload {

    /** No body at all. */
    record None() implements Payload {}

    /**
     * A body held whole.
     *
     * @param bytes exactly what goes upstream
     * @param contentType the {@code Content-Type} that goes upstream; null leaves the client's header, or its absence
     * @param sourceMediaType the media type that the client sent, without parameters, in lower case; null where it named none
     * @param serviceUrls where a JSON document holds service URLs that are the gateway's to translate, in byte order
     * @param namesMembers whether activities in a JSON document name members who have come or gone
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

        /** The same body with other bytes, whose service URLs have been dealt with. */
        public Whole translated(Buffer replacement) {
            return new Whole(replacement, contentType, sourceMediaType, List.of(), namesMembers);
        }
    }

    /**
     * A body that passes through unread.
     *
     * @param length the declared length in bytes, -1 where it is not known ahead
     */
    record Streamed(ReadStream<Buffer> stream, long length) implements Payload {}
}
