package dev.botgate.audit.journal;

import java.nio.file.Path;

/**
 * One file of a journal, which holds consecutive records. Its name is the number of its first record.
 *
 * <p>Used on the journal's thread only.
 */
public final class Segment {
    /** Leading zeros make the order of names the order of records. */
    private static final int DIGITS = 20;

    private final Path file;
    private final long firstNumber;
    /** The durable bytes. */
    private long size;

    private long nextNumber;
    private long readTo;
    private long readNumber;
    private long reportedTo;
    private boolean damaged;
    private boolean holdsRefused;

    /** A new, empty segment. */
    Segment(Path directory, long firstNumber) {
        this(directory.resolve(name(firstNumber)), firstNumber, 0, firstNumber);
    }

    private static String name(long firstNumber) {
        String digits = Long.toString(firstNumber);
        return "0".repeat(DIGITS - digits.length()) + digits + JournalDirectory.SEGMENT;
    }

    /** A segment of an earlier run, with records from {@code firstNumber} to before {@code nextNumber}. */
    Segment(Path file, long firstNumber, long size, long nextNumber) {
        this.file = file;
        this.firstNumber = firstNumber;
        this.size = size;
        this.nextNumber = nextNumber;
        this.readNumber = firstNumber;
    }

    static long firstNumber(Path file) {
        String name = file.getFileName().toString();
        try {
            return Long.parseLong(name.substring(0, name.length() - JournalDirectory.SEGMENT.length()));
        } catch (NumberFormatException e) {
            throw new JournalException(file + " is no segment of a journal; move it away");
        }
    }

    Path file() {
        return file;
    }

    long firstNumber() {
        return firstNumber;
    }

    long size() {
        return size;
    }

    /** The number of the next record. */
    long nextNumber() {
        return nextNumber;
    }

    /** How many records are not released, including lost ones whose damage has not been found yet. */
    long unread() {
        return nextNumber - readNumber;
    }

    /** The position up to which records are released. */
    long readTo() {
        return readTo;
    }

    /** The number of the first record that is not released. */
    long readNumber() {
        return readNumber;
    }

    boolean damaged() {
        return damaged;
    }

    /** Whether it holds the only copy of records that the database refuses. */
    boolean holdsRefused() {
        return holdsRefused;
    }

    void markRefused() {
        holdsRefused = true;
    }

    void appended(long bytes, int records) {
        size += bytes;
        nextNumber += records;
    }

    void readTo(long position, long number) {
        readTo = position;
        readNumber = number;
    }

    /** Marks it as damaged at {@code position}, and returns whether that damage is new. */
    boolean markDamaged(long position) {
        damaged = true;
        boolean fresh = position >= reportedTo;
        reportedTo = position + 1;
        return fresh;
    }
}
