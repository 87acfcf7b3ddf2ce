package dev.botgate.audit.journal;

import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * One record in a segment: {@code marker(4) length(4) number(8) crc32c(4) crc32c(4) payload(length)}, big-endian.
 *
 * <p>Numbers rise by one through the whole journal, so a missing record is noticed. The first checksum covers the journal's
 * identity, the length and the number; the second covers these and the payload. Clients do not know the identity, so bytes
 * in a payload can never pass for a record or for a head, wherever a search for the next record starts.
 */
public final class RecordFrame {
    static final int MARKER = 0x42474A52;
    static final int HEAD_BYTES = 24;
    static final int MAXIMUM_PAYLOAD_BYTES = 1 << 30;
    private static final int HEAD_CHECKSUM_AT = 16;
    private static final int CHECKSUM_AT = 20;

    private final long number;
    private final byte[] payload;
    private final long end;

    RecordFrame(long number, byte[] payload, long end) {
        this.number = number;
        this.payload = payload;
        this.end = end;
    }

    long number() {
        return number;
    }

    byte[] payload() {
        return payload;
    }

    /** Where it begins in the segment. */
    long start() {
        return end - bytes(payload.length);
    }

    /** The position in the segment right after it. */
    long end() {
        return end;
    }

    /** The size in a segment of a record whose payload has {@code length} bytes. */
    public static long bytes(int length) {
        return (long) HEAD_BYTES + length;
    }

    static void put(ByteBuffer to, UUID journal, long number, byte[] payload) {
        CRC32C crc = ofHead(journal, payload.length, number);
        to.putInt(MARKER).putInt(payload.length).putLong(number).putInt((int) crc.getValue());
        crc.update(payload);
        to.putInt((int) crc.getValue()).put(payload);
    }

    static int checksum(UUID journal, long number, byte[] payload) {
        CRC32C crc = ofHead(journal, payload.length, number);
        crc.update(payload);
        return (int) crc.getValue();
    }

    private static CRC32C ofHead(UUID journal, int length, long number) {
        CRC32C crc = new CRC32C();
        crc.update(ByteBuffer.allocate(28)
                .putLong(journal.getMostSignificantBits())
                .putLong(journal.getLeastSignificantBits())
                .putInt(length)
                .putLong(number)
                .flip());
        return crc;
    }

    /** The payload length in the head at the buffer's position; negative when it is no head of this journal. */
    static int length(ByteBuffer head, UUID journal) {
        int at = head.position();
        int length = head.getInt(at + 4);
        boolean ours = head.getInt(at) == MARKER
                && length >= 0
                && length <= MAXIMUM_PAYLOAD_BYTES
                && head.getInt(at + HEAD_CHECKSUM_AT)
                        == (int) ofHead(journal, length, number(head)).getValue();
        return ours ? length : -1;
    }

    static long number(ByteBuffer head) {
        return head.getLong(head.position() + 8);
    }

    static int checksum(ByteBuffer head) {
        return head.getInt(head.position() + CHECKSUM_AT);
    }
}
