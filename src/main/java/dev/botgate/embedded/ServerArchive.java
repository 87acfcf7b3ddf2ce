package dev.botgate.embedded;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Locale;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tukaani.xz.XZInputStream;

/**
 * The archive with PostgreSQL's programs for this machine, from the class path.
 *
 * <p>It is unpacked once, into a folder named by the archive's checksum, and taken from there by every later start.
 */
final class ServerArchive {
    private static final Logger log = LoggerFactory.getLogger(ServerArchive.class);

    private final String name;
    private final URL url;

    private ServerArchive(String name, URL url) {
        this.name = name;
        this.url = url;
    }

    static ServerArchive ofThisMachine() {
        String name = name(
                System.getProperty("os.name"),
                System.getProperty("os.arch"),
                Files.exists(Path.of("/etc/alpine-release")));
        @Nullable URL url = ServerArchive.class.getResource("/" + name + ".txz");
        if (url == null) {
            throw new EmbeddedDatabaseException("this build has no embedded PostgreSQL for "
                    + System.getProperty("os.name") + " on " + System.getProperty("os.arch") + " (no " + name
                    + ".txz on the class path); build it on such a machine, or set database.url");
        }
        return new ServerArchive(name, url);
    }

    /** The folder with {@code bin} and {@code lib}, unpacked below {@code parent} unless it was. */
    Path unpackedIn(Path parent) throws IOException {
        Path home = parent.resolve(name + "-" + checksum());
        if (!Files.isDirectory(home)) {
            log.atInfo()
                    .addKeyValue("directory", parent)
                    .log("Unpacking PostgreSQL; this happens once in each data directory");
            DataDirectory.delete(parent);
            Path unfinished = parent.resolve("unfinished");
            Files.createDirectories(unfinished);
            long begin = System.nanoTime();
            unpack(unfinished);
            Path moved = Files.move(unfinished, home, StandardCopyOption.ATOMIC_MOVE);
            log.atInfo()
                    .addKeyValue("directory", moved)
                    .addKeyValue("milliseconds", (System.nanoTime() - begin) / 1_000_000)
                    .log("Unpacked PostgreSQL");
        }
        return home;
    }

    private static String name(String system, String processor, boolean alpine) {
        String family = system.toLowerCase(Locale.ROOT).startsWith("mac") ? "darwin" : system.toLowerCase(Locale.ROOT);
        String machine = List.of("amd64", "x86_64").contains(processor)
                ? "x86_64"
                : processor.equals("aarch64") ? "arm_64" : processor;
        return "postgres-" + family + "-" + machine + (alpine ? "-alpine_linux" : "");
    }

    /** What tells one archive from the next without reading it. */
    private String checksum() throws IOException {
        URLConnection connection = url.openConnection();
        if (connection instanceof JarURLConnection jar) {
            return String.format(Locale.ROOT, "%08x", jar.getJarEntry().getCrc());
        }
        return String.format(Locale.ROOT, "%x-%x", connection.getContentLengthLong(), connection.getLastModified());
    }

    private void unpack(Path target) throws IOException {
        try (InputStream file = new BufferedInputStream(url.openStream());
                TarArchiveInputStream tar = new TarArchiveInputStream(new XZInputStream(file))) {
            TarArchiveEntry entry = tar.getNextEntry();
            while (entry != null) {
                unpack(entry, tar, target);
                entry = tar.getNextEntry();
            }
        }
    }

    private static void unpack(TarArchiveEntry entry, InputStream content, Path target) throws IOException {
        Path path = target.resolve(entry.getName()).normalize();
        if (!path.startsWith(target)) {
            throw new IOException("the archive names a file outside of it: " + entry.getName());
        }
        if (entry.isDirectory()) {
            Files.createDirectories(path);
            return;
        }
        Files.createDirectories(path.resolveSibling("."));
        if (entry.isSymbolicLink()) {
            Path link = Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
            log.trace("Linked {}", link);
            return;
        }
        long copied = Files.copy(content, path);
        if (copied != entry.getSize()) {
            throw new IOException("the archive ends in the middle of " + entry.getName());
        }
        boolean program = (entry.getMode() & 0100) != 0;
        Path written = Files.setPosixFilePermissions(
                path, PosixFilePermissions.fromString(program ? "rwxr-xr-x" : "rw-r--r--"));
        log.trace("Unpacked {}", written);
    }
}
