package dev.botgate.audit.journal;

import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * One record in a segment: {@code marker(4) length(4) number(8) crc32c(4) crc32c(4) payload(length)}, big-endian.
 *
 * <p>Numbers rise by one through all of a journal, so a record that is missing is missed. The checksums are of the journal's
 * identity, length and number, and of these and the payload: the identity is not known outside, so what a client sends
 * cannot pass for a record, nor for the head of one whose payload would have to be read, wherever a search for the next one
 * may start.
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

    /** The position in the segment where it begins. */
    long start() {
        return end - bytes(payload.length);
    }

    /** The position in the segment behind it. */
    long end() {
        return end;
    }

    /** What a payload of {@code length} bytes takes in a segment. */
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

    /** The length that the head at the buffer's position tells; negative when it is no head of this journal. */
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
