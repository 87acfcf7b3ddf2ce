package dev.botgate.audit.postgres;

import dev.botgate.audit.ExchangeId;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.UUID;

/** Where a page ended. Outside it is 24 bytes in URL-safe base64, that mean nothing to anybody. */
record Cursor(Instant at, UUID id) {
    private static final int BYTES = 24;

    static Cursor at(ExchangeId exchange) {
        return new Cursor(exchange.at(), exchange.id());
    }

    /**
     * What {@link #text} wrote.
     *
     * @throws GatewayException when it did not
     */
    static Cursor ofText(String text) {
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw malformed();
        }
        if (bytes.length != BYTES) {
            throw malformed();
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        Instant at = Instant.EPOCH.plus(buffer.getLong(), ChronoUnit.MICROS);
        return new Cursor(at, new UUID(buffer.getLong(), buffer.getLong()));
    }

    String text() {
        ByteBuffer buffer = ByteBuffer.allocate(BYTES)
                .putLong(ChronoUnit.MICROS.between(Instant.EPOCH, at))
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits());
        return Base64.getUrlEncoder().withoutPadding().encodeToString(buffer.array());
    }

    private static GatewayException malformed() {
        return new GatewayException(
                Failure.MALFORMED_REQUEST, "cursor: not one that this gateway gave (expected: the next of a page)");
    }
}
