package dev.botgate.audit.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An append-only queue of records on disk, in segments that are deleted once all of their records are released.
 *
 * <p>Records survive a power failure once {@link #append} has returned. When a journal is opened, an incomplete tail is cut
 * after the last whole record. A segment that is damaged elsewhere is renamed and kept once the records around the damage
 * are released; damage is logged, and counted by {@link #damages}.
 *
 * <p>Blocks; used on one thread.
 */
final class Journal implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Journal.class);

    private final JournalDirectory directory;
    private final long segmentBytes;
    private final Disk disk;
    private final RecordReader records;
    private final Deque<Segment> segments = new ArrayDeque<>();
    /** Drained segments that are not removed yet. */
    private final Deque<Segment> finished = new ArrayDeque<>();
    /** Channel to the last segment; null when the next append begins a new segment. */
    private @Nullable FileChannel active;

    private final List<Path> setAside = new ArrayList<>();
    private long nextNumber = 1;

    private Journal(JournalDirectory directory, long segmentBytes, Disk disk) {
        this.directory = directory;
        this.segmentBytes = segmentBytes;
        this.disk = disk;
        this.records = new RecordReader(directory.identity(), disk);
    }

    /**
     * Opens the journal in {@code directory}, or creates one.
     *
     * @throws JournalException when another journal object, here or in another process, has it open
     */
    static Journal open(Path directory, long segmentBytes, Disk disk) throws IOException {
        JournalDirectory opened = JournalDirectory.open(directory, disk);
        Journal journal = new Journal(opened, segmentBytes, disk);
        try {
            journal.recover();
            return journal;
        } catch (IOException | RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    /** The identity of the directory, which never changes. */
    UUID identity() {
        return directory.identity();
    }

    /** The segments' size on disk. */
    long bytes() {
        return Stream.concat(segments.stream(), finished.stream())
                .mapToLong(Segment::size)
                .sum();
    }

    /** How many records are not released. */
    long waiting() {
        return segments.stream().mapToLong(Segment::unread).sum();
    }

    /** How many damaged places have been found. */
    long damages() {
        return records.damages();
    }

    /** Files that are kept because they hold damaged or refused records. */
    List<Path> setAside() {
        return List.copyOf(setAside);
    }

    /** Makes all of {@code payloads} durable; when it throws, none of them is in the journal. */
    void append(List<byte[]> payloads) throws IOException {
        FileChannel channel = active == null ? begin() : active;
        Segment segment = segments.getLast();
        try {
            ByteBuffer bytes = framed(payloads, nextNumber);
            int count = bytes.remaining();
            disk.write(channel, bytes, segment.size());
            disk.force(channel);
            segment.appended(count, payloads.size());
            nextNumber += payloads.size();
        } catch (IOException e) {
            abandon(channel, segment, e);
            throw e;
        }
        if (segment.size() >= segmentBytes) {
            endActive();
        }
    }

    /** Reads the oldest records, up to both limits but at least one; empty when there are none. */
    Optional<JournalChunk> read(int maximumRecords, long maximumBytes) throws IOException {
        for (Segment oldest = segments.peekFirst(); oldest != null; oldest = segments.peekFirst()) {
            JournalChunk chunk = records.read(oldest, oldest == segments.peekLast(), maximumRecords, maximumBytes);
            if (!chunk.payloads().isEmpty()) {
                return Optional.of(chunk);
            }
            // All records of this chunk are lost to damage.
            release(chunk);
            if (isActive(oldest)) {
                return Optional.empty();
            }
        }
        return Optional.empty();
    }

    /** Removes the records of {@code chunk}, which are durable in the store. */
    void release(JournalChunk chunk) throws IOException {
        Segment segment = chunk.segment();
        segment.readTo(chunk.end(), chunk.nextNumber());
        if (segment.unread() == 0 && !isActive(segment)) {
            finish(segment);
        }
    }

    /** Deletes the last segment too, if all of its records are released. */
    void deleteReleased() throws IOException {
        if (waiting() == 0) {
            endActive();
            List.copyOf(segments).forEach(this::finish);
            removeFinished();
        }
    }

    /** Keeps {@code payloads} in a file of their own, which is never drained. */
    void keepRefused(List<byte[]> payloads) throws IOException {
        Path file = free("refused", JournalDirectory.REFUSED);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            disk.write(channel, framed(payloads, 1), 0);
            disk.force(channel);
        } catch (IOException e) {
            deleteAfter(e, file);
            throw e;
        }
        disk.forceDirectory(directory.path());
        setAside.add(file);
        log.atError().addKeyValue("file", file).log("Records that the database refuses are kept in a file");
    }

    /** Does the same for payloads of {@code chunk}; if the file cannot be written, the whole segment is kept. */
    void keepRefused(List<byte[]> payloads, JournalChunk chunk) {
        try {
            keepRefused(payloads);
        } catch (IOException e) {
            Segment segment = chunk.segment();
            segment.markRefused();
            log.atError()
                    .addKeyValue("segment", segment.file())
                    .setCause(e)
                    .log("Records that the database refuses cannot be copied; their whole segment is kept");
        }
    }

    @Override
    public void close() throws IOException {
        try (directory) {
            deleteReleased();
            endActive();
        }
    }

    private ByteBuffer framed(List<byte[]> payloads, long firstNumber) {
        long bytes = payloads.stream()
                .mapToLong(payload -> RecordFrame.bytes(payload.length))
                .sum();
        ByteBuffer framed = ByteBuffer.allocate(Math.toIntExact(bytes));
        long number = firstNumber;
        for (byte[] payload : payloads) {
            RecordFrame.put(framed, directory.identity(), number++, payload);
        }
        return framed.flip();
    }

    private FileChannel begin() throws IOException {
        Segment segment = new Segment(directory.path(), nextNumber);
        FileChannel channel = FileChannel.open(
                segment.file(),
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE);
        try {
            disk.forceDirectory(directory.path());
        } catch (IOException e) {
            channel.close();
            // The next try needs a new directory entry: a later force may not cover the entry that this one failed to
            // force.
            deleteAfter(e, segment.file());
            throw e;
        }
        segments.addLast(segment);
        active = channel;
        return channel;
    }

    /** Ends a segment after a failed force, when its content on disk is unknown. */
    private void abandon(FileChannel channel, Segment segment, IOException cause) {
        active = null;
        try (channel) {
            var unused = channel.truncate(segment.size());
            disk.force(channel);
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
        if (segment.size() == 0) {
            segments.removeLast();
            deleteAfter(cause, segment.file());
        }
    }

    private void deleteAfter(IOException failure, Path file) {
        try {
            disk.delete(file);
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    private void endActive() throws IOException {
        if (active != null) {
            FileChannel channel = active;
            active = null;
            channel.close();
        }
    }

    private boolean isActive(Segment segment) {
        return active != null && segment == segments.peekLast();
    }

    /** Removes a segment whose records are all released; one that is damaged or holds refused records is renamed and kept. */
    private void finish(Segment segment) {
        var unused = segments.remove(segment);
        finished.addLast(segment);
        removeFinished();
    }

    /** Removes finished segments. A failure is retried at the next call; no record is drained twice because of it. */
    private void removeFinished() {
        for (int left = finished.size(); left > 0; left--) {
            Segment segment = finished.removeFirst();
            try {
                remove(segment);
            } catch (IOException e) {
                finished.addLast(segment);
                log.atWarn()
                        .addKeyValue("segment", segment.file())
                        .setCause(e)
                        .log("A drained segment of the journal cannot be removed; the removal is retried");
            }
        }
    }

    private void remove(Segment segment) throws IOException {
        if (segment.damaged() || segment.holdsRefused()) {
            String name = segment.file().getFileName().toString();
            Path kept = free(name, segment.damaged() ? JournalDirectory.DAMAGED : JournalDirectory.REFUSED);
            disk.move(segment.file(), kept);
            setAside.add(kept);
            log.atWarn().addKeyValue("file", kept).log("A segment of the journal was set aside");
        } else {
            disk.delete(segment.file());
        }
        disk.forceDirectory(directory.path());
    }

    private Path free(String name, String suffix) {
        int count = 1;
        Path file = directory.path().resolve(name + "-" + count + suffix);
        while (Files.exists(file)) {
            count++;
            file = directory.path().resolve(name + "-" + count + suffix);
        }
        return file;
    }

    private void recover() throws IOException {
        setAside.addAll(JournalDirectory.files(directory.path(), JournalDirectory.DAMAGED));
        setAside.addAll(JournalDirectory.files(directory.path(), JournalDirectory.REFUSED));
        segments.addAll(found());
        Segment last = segments.peekLast();
        if (last != null) {
            nextNumber = last.nextNumber();
            if (last.unread() == 0) {
                finish(last);
            }
        }
        if (waiting() > 0) {
            log.atInfo().addKeyValue("records", waiting()).log("The journal holds records of an earlier run");
        }
    }

    /** The segments of earlier runs in order; the incomplete tail of the last one is cut. */
    private List<Segment> found() throws IOException {
        List<Segment> found = new ArrayList<>();
        List<Path> files = JournalDirectory.files(directory.path(), JournalDirectory.SEGMENT);
        for (int i = 0; i < files.size(); i++) {
            Path file = files.get(i);
            long first = Segment.firstNumber(file);
            if (i + 1 < files.size()) {
                found.add(new Segment(file, first, Files.size(file), Segment.firstNumber(files.get(i + 1))));
            } else {
                found.add(cutAtLastRecord(file, first));
            }
        }
        return found;
    }

    /** Cuts the last segment after its last whole record; bytes after it were never acknowledged. */
    private Segment cutAtLastRecord(Path file, long firstNumber) throws IOException {
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
                        .log("The incomplete tail of the journal was cut");
                var unused = channel.truncate(end);
                disk.force(channel);
            }
        }
        return new Segment(file, firstNumber, end, next);
    }
}
