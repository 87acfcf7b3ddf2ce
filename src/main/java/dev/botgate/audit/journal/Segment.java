package dev.botgate.audit.journal;

import java.nio.file.Path;

/**
 * One file of a journal: records, one behind the other, and nothing else. Its name is the number of its first record.
 *
 * <p>Used on the journal's thread only.
 */
public final class Segment {
    /** So that names in order are records in order. */
    private static final int DIGITS = 20;

    private final Path file;
    private final long firstNumber;
    /** Up to here it is durable. */
    private long size;

    private long nextNumber;
    private long readTo;
    private long readNumber;
    private long reportedTo;
    private boolean damaged;
    private boolean holdsRefused;

    /** An empty one. */
    Segment(Path directory, long firstNumber) {
        this(directory.resolve(name(firstNumber)), firstNumber, 0, firstNumber);
    }

    private static String name(long firstNumber) {
        String digits = Long.toString(firstNumber);
        return "0".repeat(DIGITS - digits.length()) + digits + JournalDirectory.SEGMENT;
    }

    /** One that was found, with records up to, and without, {@code nextNumber}. */
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

    /** The number of the record that would come next. */
    long nextNumber() {
        return nextNumber;
    }

    /** How many records are still to be read; those that are lost to damage count too, until they are come upon. */
    long unread() {
        return nextNumber - readNumber;
    }

    /** From here on it is still to be read. */
    long readTo() {
        return readTo;
    }

    /** The number of the record that is expected there. */
    long readNumber() {
        return readNumber;
    }

    boolean damaged() {
        return damaged;
    }

    /** Whether it holds records that the database refuses, and that are nowhere else. */
    boolean holdsRefused() {
        return holdsRefused;
    }

    void foundRefused() {
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

    /** Marks it as damaged from {@code position} on, and tells whether that is news. */
    boolean foundDamaged(long position) {
        damaged = true;
        boolean news = position >= reportedTo;
        reportedTo = position + 1;
        return news;
    }
}
