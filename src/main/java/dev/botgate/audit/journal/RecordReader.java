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
 * Reads a journal's records in order and skips damage: the numbers show which records are missing, and each damaged place is
 * logged and counted once.
 *
 * <p>Blocks; used on the journal's thread.
 */
final class RecordReader {
    private static final Logger log = LoggerFactory.getLogger(RecordReader.class);

    /** After so many failures, with pauses of some seconds in all, unreadable bytes count as damaged. */
    private static final int MAX_FAILURES = 20;

    private final UUID journal;
    private final Disk disk;
    private long damages;
    private int failures;
    /** The segment whose unreadable parts are skipped; null for none. */
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
     * Reads the oldest records of {@code segment}, up to both limits but at least one.
     *
     * @param newest whether no segment follows
     * @throws IOException when it cannot be read now; after {@value #MAX_FAILURES} failures the unreadable parts are skipped
     */
    JournalChunk read(Segment segment, boolean newest, int maximumRecords, long maximumBytes) throws IOException {
        try {
            JournalChunk chunk = readOnce(segment, newest, maximumRecords, maximumBytes);
            failures = 0;
            return chunk;
        } catch (IOException e) {
            failures++;
            if (failures >= MAX_FAILURES && segment != unreadable) {
                unreadable = segment;
                log.atError()
                        .addKeyValue("segment", segment.file())
                        .setCause(e)
                        .log("A segment of the journal cannot be read in full; its readable records are drained");
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
                    Optional<RecordFrame> next = afterDamage(reader, position, number, segment.nextNumber());
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

    /** The first whole record after {@code position} with a number from {@code from} to before {@code to}. */
    private static Optional<RecordFrame> afterDamage(SegmentReader reader, long position, long from, long to)
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
        if (segment.markDamaged(position)) {
            damages++;
            log.atError()
                    .addKeyValue("segment", segment.file())
                    .addKeyValue("position", position)
                    .addKeyValue("missing", missing)
                    .log(
                            "A segment of the journal is damaged; it is kept, and the records after the damage are drained");
        }
    }
}
