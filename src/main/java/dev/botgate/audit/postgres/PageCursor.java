package dev.botgate.audit.postgres;

import dev.botgate.audit.ExchangeId;
import dev.botgate.audit.access.EntryQuery;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.UUID;

/**
 * Where a page ended, and on which side of that another one lies. Outside it is 25 bytes in URL-safe base64, that mean
 * nothing to anybody.
 *
 * @param back whether the page is wanted that comes before, in the query's order
 */
record PageCursor(Instant at, UUID id, boolean back) {
    private static final int BYTES = 25;

    static PageCursor after(ExchangeId exchange) {
        return new PageCursor(exchange.at(), exchange.id(), false);
    }

    static PageCursor before(ExchangeId exchange) {
        return new PageCursor(exchange.at(), exchange.id(), true);
    }

    /**
     * What {@link #text} wrote.
     *
     * @throws GatewayException when it did not
     */
    static PageCursor ofText(String text) {
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw malformed();
        }
        if (bytes.length != BYTES || bytes[0] < 0 || bytes[0] > 1) {
            throw malformed();
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        boolean back = buffer.get() == 1;
        Instant at = Instant.EPOCH.plus(buffer.getLong(), ChronoUnit.MICROS);
        if (!EntryQuery.isKnown(at)) {
            throw malformed();
        }
        return new PageCursor(at, new UUID(buffer.getLong(), buffer.getLong()), back);
    }

    String text() {
        ByteBuffer buffer = ByteBuffer.allocate(BYTES)
                .put((byte) (back ? 1 : 0))
                .putLong(ChronoUnit.MICROS.between(Instant.EPOCH, at))
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits());
        return Base64.getUrlEncoder().withoutPadding().encodeToString(buffer.array());
    }

    private static GatewayException malformed() {
        return new GatewayException(
                Failure.MALFORMED_REQUEST,
                "cursor: not one that this gateway gave (expected: the next or the previous of a page)");
    }
}
