package dev.botgate.audit.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads the records of one segment, whole or damaged. Blocks. */
final class SegmentReader implements AutoCloseable {
    private static final int WINDOW_BYTES = 256 << 10;

    private final FileChannel channel;
    private final UUID journal;
    private final long end;
    private final ByteBuffer window = ByteBuffer.allocate(WINDOW_BYTES);
    private long windowAt;

    /** @param end what lies behind is not looked at */
    SegmentReader(Path file, UUID journal, long end) throws IOException {
        this.channel = FileChannel.open(file, StandardOpenOption.READ);
        this.journal = journal;
        this.end = Math.min(end, channel.size());
        window.limit(0);
    }

    /** How far there is something to read. */
    long end() {
        return end;
    }

    /** The record at {@code position}; empty when there is no whole one. */
    Optional<Frame> at(long position) throws IOException {
        @Nullable ByteBuffer head = bytes(position, Frame.HEAD_BYTES);
        int length = head == null ? -1 : Frame.length(head, journal);
        if (head == null || length < 0 || position + Frame.bytes(length) > end) {
            return Optional.empty();
        }
        long number = Frame.number(head);
        int checksum = Frame.checksum(head);
        byte[] payload = payload(position + Frame.HEAD_BYTES, length);
        return Frame.checksum(journal, number, payload) == checksum
                ? Optional.of(new Frame(number, payload, position + Frame.bytes(length)))
                : Optional.empty();
    }

    /** Where the first whole record after {@code position} begins; {@link #end} where there is none. */
    long nextAfter(long position) throws IOException {
        for (long candidate = position + 1; candidate + Frame.HEAD_BYTES <= end; candidate++) {
            @Nullable ByteBuffer head = bytes(candidate, Frame.HEAD_BYTES);
            if (head != null
                    && head.get(head.position()) == (byte) (Frame.MARKER >>> 24)
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
            Disk.readFully(channel, window, position);
            window.flip();
        }
        return window.position((int) (position - windowAt));
    }

    private byte[] payload(long position, int length) throws IOException {
        byte[] payload = new byte[length];
        @Nullable ByteBuffer buffered = length <= WINDOW_BYTES ? bytes(position, length) : null;
        if (buffered == null) {
            Disk.readFully(channel, ByteBuffer.wrap(payload), position);
        } else {
            buffered.get(payload);
        }
        return payload;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
