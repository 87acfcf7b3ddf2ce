package dev.botgate.embedded;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The right to run the server of a data directory: one process has it, and the operating system takes it back however
 * that process ends.
 *
 * <p>The file tells who has the lock: its process id, and whether it is a visit, which ends soon.
 */
final class DirectoryLock implements AutoCloseable {
    /** A POSIX lock does not keep its own process out, and is lost when that process closes the file a second time. */
    private static final Set<Path> HELD_HERE = ConcurrentHashMap.newKeySet();

    private static final Logger log = LoggerFactory.getLogger(DirectoryLock.class);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(100);

    private final Path file;
    private final FileChannel channel;

    /** What the lock is for. */
    enum Purpose {
        /** A gateway's run. */
        RUN,
        /** A command that looks at the trail while no gateway runs. */
        VISIT
    }

    private DirectoryLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Takes the lock of {@code directory}, once a visit that has it is over.
     *
     * @param patience how long that may take
     * @throws DirectoryInUseException naming the process, when a gateway has it or the visit lasts
     */
    static DirectoryLock acquire(DataDirectory directory, Purpose purpose, Duration patience) {
        Path file = directory.lock();
        if (!HELD_HERE.add(file)) {
            throw Holder.here(Purpose.RUN).taken(directory);
        }
        try {
            return new DirectoryLock(file, open(directory, purpose, patience));
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

    private static FileChannel open(DataDirectory directory, Purpose purpose, Duration patience) throws IOException {
        FileChannel channel = FileChannel.open(
                directory.lock(), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            lock(channel, directory, patience);
            Holder.here(purpose).write(channel);
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static void lock(FileChannel channel, DataDirectory directory, Duration patience) throws IOException {
        long begin = System.nanoTime();
        boolean told = false;
        while (channel.tryLock() == null) {
            Holder holder = Holder.read(channel);
            boolean visit = holder.purpose() == Purpose.VISIT;
            // Who has just got the lock has not yet written who it is; then the file names the last holder.
            Duration limit = visit || patience.compareTo(LOOK_AGAIN) < 0 ? patience : LOOK_AGAIN;
            if (System.nanoTime() - begin >= limit.toNanos()) {
                throw holder.taken(directory);
            }
            if (visit && !told) {
                log.atInfo()
                        .addKeyValue("directory", directory.root())
                        .addKeyValue("pid", holder.pid())
                        .addKeyValue("atMostSeconds", patience.toSeconds())
                        .log("Waiting for a command that has the data directory to end");
                told = true;
            }
            pause();
        }
    }

    static void pause() {
        try {
            Thread.sleep(LOOK_AGAIN.toMillis());
        } catch (InterruptedException e) {
            throw EmbeddedDatabaseException.interrupted("waiting for the data directory");
        }
    }

    /** Who has the lock, as the file tells: {@code PID}, or {@code PID visit}. */
    private record Holder(String pid, Purpose purpose) {
        private static final String VISIT = " visit";

        static Holder here(Purpose purpose) {
            return new Holder(Long.toString(ProcessHandle.current().pid()), purpose);
        }

        static Holder read(FileChannel channel) throws IOException {
            ByteBuffer bytes = ByteBuffer.allocate(64);
            String text = channel.read(bytes, 0) <= 0
                    ? "unknown"
                    : new String(bytes.array(), 0, bytes.position(), StandardCharsets.US_ASCII).strip();
            return text.endsWith(VISIT)
                    ? new Holder(text.substring(0, text.length() - VISIT.length()), Purpose.VISIT)
                    : new Holder(text, Purpose.RUN);
        }

        void write(FileChannel channel) throws IOException {
            String text = pid + (purpose == Purpose.VISIT ? VISIT : "") + "\n";
            int written = channel.truncate(0).write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)), 0);
            if (written < text.length()) {
                throw new IOException("No space left on device");
            }
        }

        DirectoryInUseException taken(DataDirectory directory) {
            return new DirectoryInUseException("the data directory " + directory.root() + " is in use by "
                    + (purpose == Purpose.VISIT ? "a command" : "another gateway") + " (process "
                    + pid + "); " + (purpose == Purpose.VISIT ? "wait until it has ended" : "stop that one")
                    + ", or choose another directory with database.data-directory");
        }
    }
}
