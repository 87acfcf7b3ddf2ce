package dev.botgate.cli;

import dev.botgate.admin.ExportFormat;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The end of an export's file: a line that was cut off in the middle has to go before more is appended. */
final class ExportTail {
    private ExportTail() {}

    /**
     * Cuts {@code file} behind its last whole record.
     *
     * @return how many bytes went
     * @throws IllegalArgumentException when there is no whole record in what there is
     */
    static long cut(Path file, ExportFormat format) throws IOException {
        long size = Files.size(file);
        long whole = whole(file, format);
        if (whole == size) {
            return 0;
        }
        if (whole == 0) {
            throw new IllegalArgumentException(
                    "output: " + file + " (expected: an export as " + format.text() + " with a whole line)");
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(whole);
        }
        return size - whole;
    }

    /** Where the last whole record ends. Line ends within the quotes of CSV end none; doubled quotes cancel out. */
    private static long whole(Path file, ExportFormat format) throws IOException {
        boolean csv = format == ExportFormat.CSV;
        boolean quoted = false;
        int before = 0;
        long at = 0;
        long whole = 0;
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            for (int read = in.read(); read >= 0; read = in.read()) {
                at++;
                quoted ^= csv && read == '"';
                if (read == '\n' && !quoted && (!csv || before == '\r')) {
                    whole = at;
                }
                before = read;
            }
        }
        return whole;
    }
}
