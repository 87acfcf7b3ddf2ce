package dev.botgate.server;

import dev.botgate.failure.GatewayException;
import io.vertx.core.buffer.Buffer;
import java.util.Optional;
import java.util.function.Consumer;

/** When who reads a large body is shown what has come of it: rarely, so that all looks together cost little. */
final class Glances {
    private static final long FIRST = 65_536;
    private static final long GROWTH = 16;

    /** A look is worth it where the whole body is some times what is looked at. */
    private static final long WORTH = 4;

    private final long length;
    private final Consumer<Buffer> glance;
    private long next;

    /** @param length of the body; -1 where nobody knows */
    Glances(long length, Consumer<Buffer> glance) {
        this.length = length;
        this.glance = glance;
        this.next = length < 0 || length >= FIRST * WORTH ? FIRST : Long.MAX_VALUE;
    }

    /** Looks at what has come, where it is time; gives what was found wrong. */
    Optional<GatewayException> at(Landing bytes) {
        if (bytes.length() < next) {
            return Optional.empty();
        }
        next = length < 0 || length >= next * GROWTH * WORTH ? next * GROWTH : Long.MAX_VALUE;
        try {
            glance.accept(bytes.bytes());
            return Optional.empty();
        } catch (GatewayException refused) {
            return Optional.of(refused);
        }
    }
}
