package dev.botgate.audit.journal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a journal's records in their order, around what is damaged: the numbers tell what is missing, and each damaged
 * place is logged and counted once.
 *
 * <p>Blocks; used on the journal's thread.
 */
final class RecordReader {
    private static final Logger log = LoggerFactory.getLogger(RecordReader.class);

    /** Beyond these, what cannot be read is taken for damaged: with the pauses between them, some seconds. */
    private static final int MOST_FAILURES = 20;

    private final UUID journal;
    private final Disk disk;
    private long damages;
    private int failures;
    /** The one of which what can be read is read; null for none. */
    private @Nullable Segment unreadable;

    RecordReader(UUID journal, Disk disk) {
        this.journal = journal;
        this.disk = disk;
    }

    /** How many damaged places have been found. */
    long damages() {
        return damages;
    }

    /**
     * Up to so many of the oldest records of {@code segment}, and so many bytes but one record in any case.
     *
     * @param newest whether there is no segment behind it
     * @throws IOException when it cannot be read now; once that has happened often enough, what can be read is
     */
    JournalChunk read(Segment segment, boolean newest, int maximumRecords, long maximumBytes) throws IOException {
        try {
            JournalChunk chunk = readOnce(segment, newest, maximumRecords, maximumBytes);
            failures = 0;
            return chunk;
        } catch (IOException e) {
            failures++;
            if (failures >= MOST_FAILURES && segment != unreadable) {
                unreadable = segment;
                log.atError()
                        .addKeyValue("segment", segment.file())
                        .setCause(e)
                        .log("A segment of the journal cannot be read in full; what can be read of it is drained");
            }
            throw e;
        }
    }

    private JournalChunk readOnce(Segment segment, boolean newest, int maximumRecords, long maximumBytes)
            throws IOException {
        List<byte[]> payloads = new ArrayList<>();
        long position = segment.readTo();
        long number = segment.readNumber();
        long bytes = 0;
        try (SegmentReader reader =
                new SegmentReader(segment.file(), journal, segment.size(), disk, segment == unreadable)) {
            while (number < segment.nextNumber() && payloads.size() < maximumRecords) {
                Optional<RecordFrame> frame = reader.at(position);
                if (frame.isEmpty() || frame.get().number() != number) {
                    Optional<RecordFrame> next = behindDamage(reader, position, number, segment.nextNumber());
                    long missing = next.map(RecordFrame::number).orElse(segment.nextNumber()) - number;
                    damaged(segment, position, missing);
                    number += missing;
                    position = next.map(RecordFrame::start).orElse(segment.size());
                    continue;
                }
                bytes += frame.get().payload().length;
                if (!payloads.isEmpty() && bytes > maximumBytes) {
                    break;
                }
                payloads.add(frame.get().payload());
                position = frame.get().end();
                number++;
            }
        }
        boolean last = number == segment.nextNumber() && newest;
        return new JournalChunk(payloads, segment, position, number, last);
    }

    /** The first whole record behind {@code position} whose number is one of those that are missed. */
    private static Optional<RecordFrame> behindDamage(SegmentReader reader, long position, long from, long to)
            throws IOException {
        for (long at = position; at < reader.end(); at = reader.nextAfter(at)) {
            Optional<RecordFrame> found = reader.at(at).filter(frame -> frame.number() >= from && frame.number() < to);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    private void damaged(Segment segment, long position, long missing) {
        if (segment.foundDamaged(position)) {
            damages++;
            log.atError()
                    .addKeyValue("segment", segment.file())
                    .addKeyValue("position", position)
                    .addKeyValue("missing", missing)
                    .log(
                            "A segment of the journal is damaged; it is kept, and the records behind the damage are drained");
        }
    }
}
