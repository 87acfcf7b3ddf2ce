package dev.botgate.audit.journal;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The disk operations of a journal; tests override them to inject failures. */
public class Disk {
    /** Writes all of {@code bytes} at {@code position}. */
    public void write(FileChannel channel, ByteBuffer bytes, long position) throws IOException {
        long at = position;
        while (bytes.hasRemaining()) {
            at += channel.write(bytes, at);
        }
    }

    /** Returns once all written bytes survive a power failure. */
    public void force(FileChannel channel) throws IOException {
        channel.force(false);
    }

    /** Returns once the names of the files in {@code directory} survive a power failure. */
    public void forceDirectory(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** Deletes a file. */
    public void delete(Path file) throws IOException {
        Files.delete(file);
    }

    /** Renames a file within its directory. */
    public void move(Path file, Path target) throws IOException {
        var unused = Files.move(file, target);
    }

    /** Fills the rest of {@code bytes}, reading from {@code position}; fails at the end of the file. */
    public void readFully(FileChannel channel, ByteBuffer bytes, long position) throws IOException {
        long at = position;
        while (bytes.hasRemaining()) {
            int count = channel.read(bytes, at);
            if (count < 0) {
                throw new EOFException();
            }
            at += count;
        }
    }
}
