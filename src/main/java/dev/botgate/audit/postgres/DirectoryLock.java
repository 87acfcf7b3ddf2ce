package dev.botgate.audit.postgres;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The right to run the server of a data directory: one process has it, and the operating system takes it back however
 * that process ends.
 *
 * <p>The file holds the process id of the one that has the lock.
 */
final class DirectoryLock implements AutoCloseable {
    /** A POSIX lock does not keep its own process out, and is lost when that process closes the file a second time. */
    private static final Set<Path> HELD_HERE = ConcurrentHashMap.newKeySet();

    private final Path file;
    private final FileChannel channel;

    private DirectoryLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    static DirectoryLock acquire(DataDirectory directory) {
        Path file = directory.lock();
        if (!HELD_HERE.add(file)) {
            throw taken(directory, Long.toString(ProcessHandle.current().pid()));
        }
        try {
            return new DirectoryLock(file, open(directory));
        } catch (IOException e) {
            HELD_HERE.remove(file);
            throw EmbeddedDatabaseException.unusable(directory.root(), e);
        } catch (RuntimeException e) {
            HELD_HERE.remove(file);
            throw e;
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw EmbeddedDatabaseException.unusable(file, e);
        } finally {
            HELD_HERE.remove(file);
        }
    }

    private static FileChannel open(DataDirectory directory) throws IOException {
        FileChannel channel = FileChannel.open(
                directory.lock(), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            @Nullable FileLock lock = channel.tryLock();
            if (lock == null) {
                throw taken(directory, holder(channel));
            }
            String pid = ProcessHandle.current().pid() + "\n";
            int written = channel.truncate(0).write(ByteBuffer.wrap(pid.getBytes(StandardCharsets.US_ASCII)), 0);
            if (written < pid.length()) {
                throw new IOException("No space left on device");
            }
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static String holder(FileChannel channel) throws IOException {
        ByteBuffer pid = ByteBuffer.allocate(32);
        return channel.read(pid, 0) <= 0
                ? "unknown"
                : new String(pid.array(), 0, pid.position(), StandardCharsets.US_ASCII).strip();
    }

    private static EmbeddedDatabaseException taken(DataDirectory directory, String pid) {
        return new EmbeddedDatabaseException("the data directory " + directory.root()
                + " is in use by another gateway (process " + pid
                + "); stop that one, or choose another directory with database.data-directory");
    }
}
