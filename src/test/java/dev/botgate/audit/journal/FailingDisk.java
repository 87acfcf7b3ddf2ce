package dev.botgate.audit.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** A disk that can be full, or fail to make things durable. */
public final class FailingDisk extends Disk {
    private final AtomicLong room = new AtomicLong(Long.MAX_VALUE);
    private final List<Path> forcedDirectories = new CopyOnWriteArrayList<>();
    private volatile boolean forces = true;
    private volatile boolean forcesDirectories = true;
    private volatile boolean deletes = true;
    private volatile long unreadable = Long.MAX_VALUE;

    /** From now on so many bytes can be written; then a write stops in the middle. */
    public void fullAfter(long bytes) {
        room.set(bytes);
    }

    /** From now on nothing that is written becomes durable. */
    public void failToForce() {
        forces = false;
    }

    /** From now on nobody knows whether the name of a new file will survive. */
    public void failToForceDirectories() {
        forcesDirectories = false;
    }

    /** From now on names stay as they are. */
    public void failToDelete() {
        deletes = false;
    }

    /** The directories that were forced, in that order. */
    public List<Path> forcedDirectories() {
        return forcedDirectories;
    }

    /** For ever, what lies at {@code position} of any file cannot be read. */
    public void unreadableAt(long position) {
        unreadable = position;
    }

    public void recover() {
        room.set(Long.MAX_VALUE);
        forces = true;
        forcesDirectories = true;
        deletes = true;
    }

    @Override
    public void write(FileChannel channel, ByteBuffer bytes, long position) throws IOException {
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
    public void readFully(FileChannel channel, ByteBuffer bytes, long position) throws IOException {
        if (position <= unreadable && unreadable < position + bytes.remaining()) {
            throw new IOException("Input/output error");
        }
        super.readFully(channel, bytes, position);
    }

    @Override
    public void force(FileChannel channel) throws IOException {
        if (!forces) {
            throw new IOException("Input/output error");
        }
        super.force(channel);
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        if (!forcesDirectories) {
            throw new IOException("Input/output error");
        }
        super.forceDirectory(directory);
        forcedDirectories.add(directory);
    }

    @Override
    public void delete(Path file) throws IOException {
        if (!deletes) {
            throw new IOException("Read-only file system");
        }
        super.delete(file);
    }

    @Override
    public void move(Path file, Path target) throws IOException {
        if (!deletes) {
            throw new IOException("Read-only file system");
        }
        super.move(file, target);
    }
}
