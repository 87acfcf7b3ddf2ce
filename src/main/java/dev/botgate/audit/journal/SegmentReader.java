package dev.botgate.audit.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads the records of one segment, which may be damaged. If lenient, unreadable blocks count as damage. Blocks. */
final class SegmentReader implements AutoCloseable {
    private static final int WINDOW_BYTES = 256 << 10;
    /** The smallest unit that a disk fails to read. */
    private static final int BLOCK_BYTES = 4 << 10;

    private final FileChannel channel;
    private final UUID journal;
    private final long end;
    private final Disk disk;
    private final boolean lenient;
    private final ByteBuffer window = ByteBuffer.allocate(WINDOW_BYTES);
    private long windowAt;

    /**
     * Opens a segment.
     *
     * @param end where reading ends
     * @param lenient whether unreadable bytes count as damage rather than fail
     */
    SegmentReader(Path file, UUID journal, long end, Disk disk, boolean lenient) throws IOException {
        this.disk = disk;
        this.lenient = lenient;
        this.channel = FileChannel.open(file, StandardOpenOption.READ);
        this.journal = journal;
        this.end = Math.min(end, channel.size());
        window.limit(0);
    }

    /** Where reading ends. */
    long end() {
        return end;
    }

    /** The record at {@code position}; empty when there is no whole record. */
    Optional<RecordFrame> at(long position) throws IOException {
        @Nullable ByteBuffer head = bytes(position, RecordFrame.HEAD_BYTES);
        int length = head == null ? -1 : RecordFrame.length(head, journal);
        if (head == null || length < 0 || position + RecordFrame.bytes(length) > end) {
            return Optional.empty();
        }
        long number = RecordFrame.number(head);
        int checksum = RecordFrame.checksum(head);
        byte[] payload = payload(position + RecordFrame.HEAD_BYTES, length);
        return RecordFrame.checksum(journal, number, payload) == checksum
                ? Optional.of(new RecordFrame(number, payload, position + RecordFrame.bytes(length)))
                : Optional.empty();
    }

    /** Where the first whole record after {@code position} begins; {@link #end} if there is none. */
    long nextAfter(long position) throws IOException {
        for (long candidate = position + 1; candidate + RecordFrame.HEAD_BYTES <= end; candidate++) {
            @Nullable ByteBuffer head = bytes(candidate, RecordFrame.HEAD_BYTES);
            if (head != null
                    && head.get(head.position()) == (byte) (RecordFrame.MARKER >>> 24)
                    && at(candidate).isPresent()) {
                return candidate;
            }
        }
        return end;
    }

    /** The window, with its position at {@code position} and at least {@code count} bytes in it; null past the end. */
    private @Nullable ByteBuffer bytes(long position, int count) throws IOException {
        if (position + count > end) {
            return null;
        }
        if (position < windowAt || position + count > windowAt + window.limit()) {
            window.clear().limit((int) Math.min(WINDOW_BYTES, end - position));
            windowAt = position;
            fill(window, position);
            window.flip();
        }
        return window.position((int) (position - windowAt));
    }

    private byte[] payload(long position, int length) throws IOException {
        byte[] payload = new byte[length];
        @Nullable ByteBuffer buffered = length <= WINDOW_BYTES ? bytes(position, length) : null;
        if (buffered == null) {
            fill(ByteBuffer.wrap(payload), position);
        } else {
            buffered.get(payload);
        }
        return payload;
    }

    private void fill(ByteBuffer bytes, long position) throws IOException {
        try {
            disk.readFully(channel, bytes, position);
        } catch (IOException e) {
            if (!lenient) {
                throw e;
            }
            fillAround(bytes.rewind(), position);
        }
    }

    /** Reads block by block; an unreadable block becomes zeros, which are no part of a valid record. */
    private void fillAround(ByteBuffer bytes, long position) {
        int end = bytes.limit();
        int at = 0;
        while (at < end) {
            long inFile = position + at;
            int next = (int) Math.min(end, at + BLOCK_BYTES - inFile % BLOCK_BYTES);
            try {
                disk.readFully(channel, bytes.limit(next).position(at), inFile);
            } catch (IOException e) {
                while (at < next) {
                    bytes.put(at++, (byte) 0);
                }
                bytes.position(next);
            }
            at = next;
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
