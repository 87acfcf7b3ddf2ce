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
 * The right to run the server of a data directory. One process holds it; the operating system releases it however that
 * process ends. The lock file holds {@code PID run} or {@code PID visit}.
 */
final class DirectoryLock implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DirectoryLock.class);
    private static final Duration POLL_INTERVAL = Duration.ofMillis(100);

    /** A POSIX lock does not exclude its own process, and is lost when that process closes the file a second time. */
    private static final Set<Path> HELD_HERE = ConcurrentHashMap.newKeySet();

    private final Path file;
    private final FileChannel channel;

    /** What the lock is for. */
    enum Purpose {
        /** A gateway's run. */
        RUN,
        /** A command that reads the trail while no gateway runs. */
        VISIT
    }

    /** Another process holds the lock. */
    static final class InUseException extends EmbeddedDatabaseException {
        private static final long serialVersionUID = 1L;

        InUseException(Path directory, String holder) {
            super("the data directory " + directory + " is in use by "
                    + (isVisit(holder) ? "a command" : "another gateway")
                    + " (process " + holder.replaceFirst(" .*", "") + "); "
                    + (isVisit(holder) ? "wait until it has ended" : "stop that one")
                    + ", or choose another directory with database.data-directory");
        }
    }

    private DirectoryLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Takes the lock of {@code directory}, after waiting for a visit that holds it to end.
     *
     * @param patience how long to wait
     * @throws InUseException when a gateway holds the lock, or the visit takes longer
     */
    static DirectoryLock acquire(DataDirectory directory, Purpose purpose, Duration patience) {
        Path file = directory.lock();
        if (!HELD_HERE.add(file)) {
            throw new InUseException(directory.root(), holder(Purpose.RUN));
        }
        try {
            FileChannel channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            DirectoryLock lock = new DirectoryLock(file, channel);
            try {
                lock.await(directory.root(), patience);
                lock.write(holder(purpose));
                return lock;
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
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

    private void await(Path directory, Duration patience) throws IOException {
        boolean logged = false;
        for (long begin = System.nanoTime(); channel.tryLock() == null; pause()) {
            String holder = read();
            // A process that has just taken the lock writes its name a moment later; then the file names the last
            // holder.
            Duration limit = isVisit(holder) || patience.compareTo(POLL_INTERVAL) < 0 ? patience : POLL_INTERVAL;
            if (System.nanoTime() - begin >= limit.toNanos()) {
                throw new InUseException(directory, holder);
            }
            if (isVisit(holder) && !logged) {
                LOG.atInfo()
                        .addKeyValue("directory", directory)
                        .addKeyValue("holder", holder)
                        .addKeyValue("maximumSeconds", patience.toSeconds())
                        .log("Waiting for a command that uses the data directory to end");
                logged = true;
            }
        }
    }

    static void pause() {
        try {
            Thread.sleep(POLL_INTERVAL.toMillis());
        } catch (InterruptedException e) {
            throw EmbeddedDatabaseException.interrupted("waiting for the embedded PostgreSQL");
        }
    }

    private static String holder(Purpose purpose) {
        return ProcessHandle.current().pid() + (purpose == Purpose.VISIT ? " visit" : " run");
    }

    private static boolean isVisit(String holder) {
        return holder.endsWith("visit");
    }

    private String read() throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(64);
        return channel.read(bytes, 0) <= 0
                ? "unknown"
                : new String(bytes.array(), 0, bytes.position(), StandardCharsets.US_ASCII).strip();
    }

    private void write(String holder) throws IOException {
        byte[] text = (holder + "\n").getBytes(StandardCharsets.US_ASCII);
        if (channel.truncate(0).write(ByteBuffer.wrap(text), 0) < text.length) {
            throw new IOException("No space left on device");
        }
    }
}
