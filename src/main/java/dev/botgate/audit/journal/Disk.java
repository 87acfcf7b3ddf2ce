package dev.botgate.audit.journal;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** What can go wrong with a disk, in one place, so that a test can make it go wrong. */
public class Disk {
    /** Writes all of {@code bytes} at {@code position}. */
    public void write(FileChannel channel, ByteBuffer bytes, long position) throws IOException {
        long at = position;
        while (bytes.hasRemaining()) {
            at += channel.write(bytes, at);
        }
    }

    /** Returns once what was written will survive a power cut. */
    public void force(FileChannel channel) throws IOException {
        channel.force(false);
    }

    /** Returns once it will survive a power cut which files {@code directory} has. */
    public void forceDirectory(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** Removes the name of a file. */
    public void delete(Path file) throws IOException {
        Files.delete(file);
    }

    /** Gives a file another name in its directory. */
    public void move(Path file, Path target) throws IOException {
        var unused = Files.move(file, target);
    }

    /** Fills what remains of {@code bytes} from {@code position} on. */
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
