package dev.botgate.audit.journal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What an earlier run left in a journal's directory. Blocks. */
public final class Leftovers {
    private static final Logger log = LoggerFactory.getLogger(Leftovers.class);

    private Leftovers() {}

    /**
     * Sees to it that no entries are forgotten in {@code directory} by a gateway that does without a journal.
     *
     * @throws JournalException when there are some
     */
    public static void refuse(Path directory) {
        try {
            int segments = 0;
            for (Path file : JournalDirectory.files(directory, JournalDirectory.SEGMENT)) {
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

    /** The segments of {@code directory} in their order, the torn tail of the last one cut. */
    static List<Segment> segments(JournalDirectory directory, Disk disk) throws IOException {
        List<Segment> segments = new ArrayList<>();
        List<Path> files = JournalDirectory.files(directory.path(), JournalDirectory.SEGMENT);
        for (int i = 0; i < files.size(); i++) {
            Path file = files.get(i);
            long first = Segment.firstNumber(file);
            if (i + 1 < files.size()) {
                segments.add(new Segment(file, first, Files.size(file), Segment.firstNumber(files.get(i + 1))));
            } else {
                segments.add(cutAtLastRecord(directory, disk, file, first));
            }
        }
        return segments;
    }

    /** The last segment, up to the last of its records that is whole; what lies behind was never acknowledged. */
    private static Segment cutAtLastRecord(JournalDirectory directory, Disk disk, Path file, long firstNumber)
            throws IOException {
        long end = 0;
        long next = firstNumber;
        try (SegmentReader reader = new SegmentReader(file, directory.identity(), Long.MAX_VALUE, disk, false)) {
            for (long at = 0; at < reader.end(); ) {
                Optional<RecordFrame> frame = reader.at(at);
                if (frame.isPresent() && frame.get().number() >= next) {
                    next = frame.get().number() + 1;
                    end = frame.get().end();
                    at = end;
                } else {
                    at = reader.nextAfter(at);
                }
            }
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            if (channel.size() > end) {
                log.atWarn()
                        .addKeyValue("segment", file)
                        .addKeyValue("bytes", channel.size() - end)
                        .log("The torn tail of the journal was cut");
                var unused = channel.truncate(end);
                disk.force(channel);
            }
        }
        return new Segment(file, firstNumber, end, next);
    }
}
