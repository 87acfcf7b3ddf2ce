package dev.botgate.audit.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A journal's directory, locked while it is open. The operating system releases the lock however the process ends. Blocks.
 *
 * @param identity created with the directory; secret, see {@link RecordFrame}
 */
public record JournalDirectory(Path path, UUID identity, FileChannel lock) implements AutoCloseable {
    static final String SEGMENT = ".journal";
    static final String DAMAGED = ".damaged";
    static final String REFUSED = ".refused";

    private static final Logger LOG = LoggerFactory.getLogger(JournalDirectory.class);
    private static final Set<PosixFilePermission> PRIVATE = PosixFilePermissions.fromString("rwx------");

    /** A POSIX lock does not exclude its own process, and is lost when that process closes any channel to the file. */
    private static final Set<Path> OPEN_IN_THIS_PROCESS = ConcurrentHashMap.newKeySet();

    /**
     * Creates the directory if it is missing, and locks it.
     *
     * @throws JournalException when it is locked already
     */
    static JournalDirectory open(Path directory, Disk disk) throws IOException {
        createPrivate(directory.toAbsolutePath().normalize(), disk);
        Path path = directory.toRealPath();
        warnOfReaders(path);
        if (!OPEN_IN_THIS_PROCESS.add(path)) {
            throw inUse(path);
        }
        try {
            FileChannel lock = lock(path);
            try {
                return new JournalDirectory(path, identity(path, disk), lock);
            } catch (IOException | RuntimeException e) {
                lock.close();
                throw e;
            }
        } catch (IOException | RuntimeException e) {
            OPEN_IN_THIS_PROCESS.remove(path);
            throw e;
        }
    }

    /** The files in {@code directory} with this suffix, sorted by name. */
    static List<Path> files(Path directory, String suffix) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.getFileName().toString().endsWith(suffix))
                    .sorted()
                    .toList();
        }
    }

    /**
     * Checks that {@code directory} holds no records; a gateway without a journal would never drain them.
     *
     * @throws JournalException when it does
     */
    public static void requireEmpty(Path directory) {
        try {
            int segments = 0;
            for (Path file : files(directory, SEGMENT)) {
                segments += Files.size(file) > 0 ? 1 : 0;
            }
            if (segments > 0) {
                throw new JournalException("audit.on-outage is refuse, but the journal in " + directory + " holds "
                        + segments + " segments that are not yet in the database; start once with audit.on-outage:"
                        + " journal until they are drained, or move them away");
            }
        } catch (IOException e) {
            throw JournalException.unusable(directory, e);
        }
    }

    @Override
    public void close() throws IOException {
        try {
            lock.close();
        } finally {
            OPEN_IN_THIS_PROCESS.remove(path);
        }
    }

    /** Creates the directory readable by its owner only, because records hold message texts. */
    private static void createPrivate(Path directory, Disk disk) throws IOException {
        if (!Files.isDirectory(directory)) {
            Path parent = directory.getParent();
            if (parent != null) {
                create(parent, disk);
            }
            var unused = isPosix(directory)
                    ? Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(PRIVATE))
                    : Files.createDirectory(directory);
            if (parent != null) {
                disk.forceDirectory(parent);
            }
        }
    }

    private static void warnOfReaders(Path directory) throws IOException {
        if (isPosix(directory) && !PRIVATE.containsAll(Files.getPosixFilePermissions(directory))) {
            LOG.atWarn()
                    .addKeyValue("directory", directory)
                    .addKeyValue("permissions", PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
                    .log("Other users can read the journal, which holds bodies (expected: rwx------)");
        }
    }

    private static boolean isPosix(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    /** Creates the directory and its parents, and makes their names durable. */
    private static void create(Path directory, Disk disk) throws IOException {
        Path parent = directory.getParent();
        if (parent != null && !Files.isDirectory(directory)) {
            create(parent, disk);
            var unused = Files.createDirectories(directory);
            disk.forceDirectory(parent);
        }
    }

    private static FileChannel lock(Path path) throws IOException {
        FileChannel channel =
                FileChannel.open(path.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        @Nullable FileLock lock = channel.tryLock();
        if (lock == null) {
            channel.close();
            throw inUse(path);
        }
        return channel;
    }

    private static UUID identity(Path path, Disk disk) throws IOException {
        Path file = path.resolve("identity");
        if (Files.exists(file)) {
            try {
                return UUID.fromString(Files.readString(file).strip());
            } catch (IllegalArgumentException e) {
                throw new IOException(file + " holds no identity", e);
            }
        }
        if (!files(path, SEGMENT).isEmpty()) {
            throw new IOException(file + " is missing; without it the records of the journal cannot be verified");
        }
        UUID identity = UUID.randomUUID();
        Path made = path.resolve("identity.new");
        try (FileChannel channel = FileChannel.open(
                made, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            disk.write(channel, ByteBuffer.wrap(identity.toString().getBytes(StandardCharsets.US_ASCII)), 0);
            disk.force(channel);
        }
        var unused = Files.move(made, file, StandardCopyOption.ATOMIC_MOVE);
        disk.forceDirectory(path);
        return identity;
    }

    private static JournalException inUse(Path path) {
        return new JournalException("the journal in " + path + " is in use by another gateway; stop that one, or choose"
                + " another directory with audit.journal.directory");
    }
}
