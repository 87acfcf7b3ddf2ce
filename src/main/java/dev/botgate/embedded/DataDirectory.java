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
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Where the embedded server keeps its files between runs: the cluster, the unpacked programs, the superuser's password, the
 * server's log and the lock.
 *
 * @param root absolute and without links, so that one directory has one name
 */
record DataDirectory(Path root) {
    /** What pg_ctl does not quote when it calls the shell. */
    private static final Pattern UNQUOTABLE = Pattern.compile("[\"$`\\\\\\p{Cntrl}]");

    /** Opens the directory; it is created on first use, readable by its owner only. */
    static DataDirectory make(Path path) {
        Path absolute = path.toAbsolutePath();
        if (UNQUOTABLE.matcher(absolute.toString()).find()) {
            throw SettingCheck.refused("database.data-directory", absolute, "a path without \" $ ` \\ and line breaks");
        }
        try {
            createDurably(absolute, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
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

    /** Whether a process has begun to use {@code path}: its lock is the first file that is created. */
    static boolean isUsed(Path path) {
        return Files.exists(new DataDirectory(path).lock());
    }

    Path cluster() {
        return root.resolve("cluster");
    }

    /** Where a cluster is created before {@link #finishCluster}; what is found here was not finished. */
    Path unfinishedCluster() {
        return root.resolve("cluster.unfinished");
    }

    /** Moves the new cluster to its place, durably. */
    void finishCluster() throws IOException {
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

    /** The major version of PostgreSQL that created the cluster, such as {@code 18}. */
    String clusterVersion() throws IOException {
        return Files.readString(cluster().resolve("PG_VERSION")).strip();
    }

    String password() throws IOException {
        return Files.readString(passwordFile()).strip();
    }

    /** Writes a new password durably; only the owner can read it. */
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

    /** The number of the user who owns {@code path}. */
    static int owner(Path path) throws IOException {
        return (int) Files.getAttribute(path, "unix:uid");
    }

    /** Makes that user the owner of the directory and everything in it. */
    void giveTo(int user) throws IOException {
        if (user != currentUser()) {
            for (Path path : tree(root)) {
                Files.setAttribute(path, "unix:uid", user, LinkOption.NOFOLLOW_LINKS);
            }
        }
    }

    static void delete(Path tree) throws IOException {
        if (Files.exists(tree)) {
            for (Path path : tree(tree)) {
                Files.delete(path);
            }
        }
    }

    /** The number of the user who runs this process; UnixSystem takes a user without a name for root. */
    static int currentUser() throws IOException {
        Path self = Path.of("/proc/self");
        return Files.exists(self) ? owner(self) : (int) new UnixSystem().getUid();
    }

    private void checkWritable() throws IOException {
        if (!Files.isWritable(root)) {
            throw new EmbeddedDatabaseException("the embedded PostgreSQL cannot write to its directory " + root
                    + " (owner: " + name(owner(root)) + ", this process: " + name(currentUser())
                    + "); run as its owner, give the directory to this user, or choose another with"
                    + " database.data-directory");
        }
        if (hasCluster() && currentUser() != 0 && owner(cluster()) != currentUser()) {
            throw new EmbeddedDatabaseException("the data in " + cluster() + " belong to " + name(owner(cluster()))
                    + ", and this process runs as " + name(currentUser())
                    + "; run as its owner, or give the directory to this user");
        }
    }

    private static String name(int user) {
        return user == 0 ? "root" : "user " + user;
    }

    /** Losing the name of a directory loses what is in it, so each name is made durable too. */
    private static void createDurably(Path directory, FileAttribute<?>... attributes) throws IOException {
        Path parent = directory.getParent();
        if (parent != null && !Files.isDirectory(directory)) {
            createDurably(parent);
            Files.createDirectory(directory, attributes);
            force(parent);
        }
    }

    /** Returns once a file, or the names in a directory, will survive a power cut. */
    private static void force(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** {@code root} and all below it, children before their parents. */
    private static List<Path> tree(Path root) throws IOException {
        try (Stream<Path> paths = Files.walk(root)) {
            return paths.sorted(Comparator.reverseOrder()).toList();
        }
    }
}
