package dev.botgate.embedded;

import com.sun.security.auth.module.UnixSystem;
import dev.botgate.failure.SettingCheck;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the embedded server keeps everything between runs: the cluster, the unpacked programs, the password of its
 * superuser, its log and the lock.
 *
 * @param root absolute and without links, so that one directory has one name
 */
record DataDirectory(Path root) {
    private static final Logger log = LoggerFactory.getLogger(DataDirectory.class);

    /** A file in the cluster: PostgreSQL leaves alone what it does not know. */
    private static final String FINISHED = "botgate.finished";

    /** What PostgreSQL's own pg_ctl does not quote when it calls the shell. */
    private static final Pattern UNQUOTABLE = Pattern.compile("[\"$`\\\\\\p{Cntrl}]");

    /** Opens the directory, made on first use and then readable by its owner only. */
    static DataDirectory make(Path path) {
        try {
            Path absolute = path.toAbsolutePath();
            if (UNQUOTABLE.matcher(absolute.toString()).find()) {
                throw SettingCheck.refused(
                        "database.data-directory", absolute, "a path without \" $ ` \\ and line breaks");
            }
            if (!Files.isDirectory(absolute)) {
                Path parent = absolute.getParent();
                if (parent != null) {
                    createDurably(parent);
                }
                createPrivate(absolute);
                if (parent != null) {
                    force(parent);
                }
            }
            DataDirectory directory = new DataDirectory(absolute.toRealPath());
            directory.checkWritable();
            return directory;
        } catch (FileAlreadyExistsException e) {
            throw new EmbeddedDatabaseException(
                    "the embedded PostgreSQL cannot use " + path + ": " + e.getFile() + " is not a directory");
        } catch (IOException e) {
            throw EmbeddedDatabaseException.unusable(path, e);
        }
    }

    /** Opens the directory of an earlier start. */
    static DataDirectory of(Path path) {
        try {
            return new DataDirectory(path.toRealPath());
        } catch (IOException e) {
            throw EmbeddedDatabaseException.unusable(path, e);
        }
    }

    /** Whether somebody has begun to use {@code path}: its lock is the first file that is made. */
    static boolean isUsed(Path path) {
        return Files.exists(new DataDirectory(path).lock());
    }

    Path cluster() {
        return root.resolve("cluster");
    }

    /** Where a cluster is made before it takes its place; what is found here without its mark was never finished. */
    Path unfinishedCluster() {
        return root.resolve("cluster.unfinished");
    }

    /**
     * Gives the new cluster its place, for good: not even a power cut takes it back. The mark comes first, in the cluster, so
     * that one that has served is never taken for half of one, wherever it is found.
     *
     * @param user whom the cluster belongs to
     */
    void finishCluster(int user) throws IOException {
        Path mark = Files.createFile(unfinishedCluster().resolve(FINISHED));
        if (owner(mark) != user) {
            Files.setAttribute(mark, "unix:uid", user);
        }
        force(mark);
        force(unfinishedCluster());
        moveCluster();
    }

    /** Where a power cut took a finished cluster's place back, gives it that again. */
    void restoreCluster() throws IOException {
        if (!hasCluster() && Files.exists(unfinishedCluster().resolve(FINISHED))) {
            log.atWarn()
                    .addKeyValue("directory", cluster())
                    .log("A finished cluster was out of its place; moved it there");
            moveCluster();
        }
    }

    private void moveCluster() throws IOException {
        var unused = Files.move(unfinishedCluster(), cluster(), StandardCopyOption.ATOMIC_MOVE);
        force(root);
    }

    Path programs() {
        return root.resolve("programs");
    }

    Path passwordFile() {
        return root.resolve("password");
    }

    Path log() {
        return root.resolve("server.log");
    }

    Path lock() {
        return root.resolve("lock");
    }

    boolean hasCluster() {
        return Files.exists(cluster().resolve("PG_VERSION"));
    }

    /** The version of PostgreSQL that made the cluster, such as {@code 18}. */
    String clusterVersion() throws IOException {
        return Files.readString(cluster().resolve("PG_VERSION")).strip();
    }

    String password() throws IOException {
        return Files.readString(passwordFile()).strip();
    }

    /** Makes a new password, durable, and readable by the owner only from its first byte on. */
    void makePassword() throws IOException {
        byte[] random = new byte[24];
        new SecureRandom().nextBytes(random);
        Files.deleteIfExists(passwordFile());
        Files.createFile(
                passwordFile(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(passwordFile(), HexFormat.of().formatHex(random) + "\n");
        force(passwordFile());
        force(root);
    }

    /** The number of the user whom {@code path} belongs to. */
    static int owner(Path path) throws IOException {
        return (int) Files.getAttribute(path, "unix:uid");
    }

    /** Gives {@code root} and everything in it to the user of that number. */
    void giveTo(int user) throws IOException {
        for (Path path : tree(root)) {
            Files.setAttribute(path, "unix:uid", user, LinkOption.NOFOLLOW_LINKS);
        }
    }

    static void delete(Path tree) throws IOException {
        if (Files.exists(tree)) {
            for (Path path : tree(tree)) {
                Files.delete(path);
            }
        }
    }

    private void checkWritable() throws IOException {
        if (!Files.isWritable(root)) {
            int owner = owner(root);
            throw new EmbeddedDatabaseException("the embedded PostgreSQL cannot write to its directory " + root
                    + " (owner: " + name(owner) + ", this process: " + name(currentUser())
                    + "); run as its owner, give the directory to this user, or choose another with"
                    + " database.data-directory");
        }
        if (hasCluster()) {
            int owner = owner(cluster());
            if (currentUser() != 0 && owner != currentUser()) {
                throw new EmbeddedDatabaseException("the data in " + cluster() + " belong to " + name(owner)
                        + ", and this process runs as " + name(currentUser())
                        + "; run as its owner, or give the directory to this user");
            }
        }
    }

    static int currentUser() {
        return (int) new UnixSystem().getUid();
    }

    private static String name(int user) {
        return user == 0 ? "root" : "user " + user;
    }

    /** What lies in a directory is lost with its name, so that has to be durable too. */
    private static void createDurably(Path directory) throws IOException {
        Path parent = directory.getParent();
        if (parent != null && !Files.isDirectory(directory)) {
            createDurably(parent);
            Files.createDirectories(directory);
            force(parent);
        }
    }

    /** Returns once a file, or which files a directory has, will survive a power cut. */
    private static void force(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static void createPrivate(Path directory) throws IOException {
        Files.createDirectory(
                directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    /** {@code root} and all below, children before their parents. */
    private static List<Path> tree(Path root) throws IOException {
        try (Stream<Path> paths = Files.walk(root)) {
            return paths.sorted(Comparator.reverseOrder()).toList();
        }
    }
}
