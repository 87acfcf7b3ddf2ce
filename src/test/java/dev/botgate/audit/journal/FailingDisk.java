package dev.botgate.audit.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.concurrent.atomic.AtomicLong;

/** A disk that can be full, or fail to make things durable. */
final class FailingDisk extends Disk {
    private final AtomicLong room = new AtomicLong(Long.MAX_VALUE);
    private volatile boolean forces = true;

    /** From now on so many bytes can be written; then a write stops in the middle. */
    void fullAfter(long bytes) {
        room.set(bytes);
    }

    /** From now on nothing that is written becomes durable. */
    void failToForce() {
        forces = false;
    }

    void recover() {
        room.set(Long.MAX_VALUE);
        forces = true;
    }

    @Override
    void write(FileChannel channel, ByteBuffer bytes, long position) throws IOException {
        if (bytes.remaining() > room.get()) {
            ByteBuffer part = bytes.duplicate().limit(bytes.position() + (int) room.get());
            super.write(channel, part, position);
            room.set(0);
            throw new IOException("No space left on device");
        }
        room.addAndGet(-bytes.remaining());
        super.write(channel, bytes, position);
    }

    @Override
    void force(FileChannel channel) throws IOException {
        if (!forces) {
            throw new IOException("Input/output error");
        }
        super.force(channel);
    }
}
