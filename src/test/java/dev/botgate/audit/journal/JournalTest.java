package dev.botgate.audit.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JournalTest {
    private static final int SEGMENT_BYTES = 4_096;

    private final FailingDisk disk = new FailingDisk();

    @TempDir
    Path directory;

    @Test
    void whatWasAppended_isReadInOrder_alsoAfterItIsOpenedAgain() throws IOException {
        try (Journal journal = open()) {
            append(journal, "a", "b");
            append(journal, "c");
        }
        try (Journal journal = open()) {
            append(journal, "d");

            assertThat(journal.waiting()).isEqualTo(4);
            assertThat(drained(journal, 2)).containsExactly("a", "b", "c", "d");
            assertThat(journal.waiting()).isZero();
        }
    }

    @Test
    void nobodyElseReadsIt() throws IOException {
        Path made = directory.resolve("above/journal");

        try (JournalDirectory journal = JournalDirectory.open(made, disk)) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(journal.path())))
                    .isEqualTo("rwx------");
        }
    }

    @Test
    void whatWasReadButNotReleased_isReadAgain() throws IOException {
        try (Journal journal = open()) {
            append(journal, "a", "b");
            assertThat(read(journal, 10)).containsExactly("a", "b");

            assertThat(read(journal, 10)).containsExactly("a", "b");
        }
    }

    @Test
    void segmentsAreDeletedOnceEverythingInThemIsReleased_andNotBefore() throws IOException {
        try (Journal journal = open()) {
            String large = "x".repeat(SEGMENT_BYTES / 2);
            append(journal, large);
            append(journal, large);
            append(journal, large);
            assertThat(segments()).hasSize(2);
            JournalChunk first = journal.read(1, Long.MAX_VALUE).orElseThrow();

            journal.release(first);
            assertThat(segments()).hasSize(2);
            journal.release(journal.read(1, Long.MAX_VALUE).orElseThrow());

            assertThat(segments()).hasSize(1);
            assertThat(drained(journal, 1)).containsExactly(large);
            journal.deleteReleased();
            assertThat(segments()).isEmpty();
            assertThat(journal.bytes()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 5, 6, 7, 23, 29, 30})
    void aTornTail_isCutAtTheLastWholeRecord(long missing) throws IOException {
        try (Journal journal = open()) {
            append(journal, "first", "second");
            append(journal, "third!");
        }
        Path segment = segments().get(0);
        truncate(segment, Files.size(segment) - missing);

        try (Journal journal = open()) {
            assertThat(drained(journal, 10)).containsExactly("first", "second");
            append(journal, "fourth");
            assertThat(drained(journal, 10)).containsExactly("fourth");
            assertThat(journal.damages()).isZero();
            assertThat(journal.setAside()).isEmpty();
        }
    }

    @Test
    void aTailThatIsAllZeros_isCut() throws IOException {
        try (Journal journal = open()) {
            append(journal, "first");
        }
        Files.write(segments().get(0), new byte[5_000], StandardOpenOption.APPEND);

        try (Journal journal = open()) {
            assertThat(drained(journal, 10)).containsExactly("first");
            assertThat(journal.damages()).isZero();
        }
    }

    @Test
    void aDamagedMiddle_isSetAsideAndCounted_andTheRecordsBehindItAreDrained() throws IOException {
        try (Journal journal = open()) {
            append(journal, "first", "second", "third");
        }
        Path segment = segments().get(0);
        overwrite(segment, RecordFrame.HEAD_BYTES + 5 + RecordFrame.HEAD_BYTES + 2, "X");

        try (Journal journal = open()) {
            assertThat(drained(journal, 10)).containsExactly("first", "third");
            journal.deleteReleased();

            assertThat(journal.damages()).isEqualTo(1);
            assertThat(journal.setAside()).hasSize(1).allSatisfy(file -> assertThat(file)
                    .exists()
                    .content(StandardCharsets.ISO_8859_1)
                    .contains("first", "seXond", "third"));
            assertThat(segments()).isEmpty();
        }
        try (Journal journal = open()) {
            assertThat(journal.setAside()).as("is still told").hasSize(1);
        }
    }

    @Test
    void aDamagedLength_doesNotHideWhatFollows() throws IOException {
        try (Journal journal = open()) {
            append(journal, "first", "second", "third");
        }
        overwrite(segments().get(0), RecordFrame.HEAD_BYTES + 5 + 4, "\0\0\0\7");

        try (Journal journal = open()) {
            assertThat(drained(journal, 10)).containsExactly("first", "third");
            assertThat(journal.damages()).isEqualTo(1);
        }
    }

    @Test
    void aRecordInsideADamagedRecord_isNotTakenForOne() throws IOException {
        ByteBuffer forged = ByteBuffer.allocate(64);
        RecordFrame.put(forged, UUID.randomUUID(), 2, "forged".getBytes(StandardCharsets.US_ASCII));
        String payload = new String(forged.array(), 0, forged.position(), StandardCharsets.ISO_8859_1);
        try (Journal journal = open()) {
            journal.append(List.of(
                    "first".getBytes(StandardCharsets.US_ASCII),
                    payload.getBytes(StandardCharsets.ISO_8859_1),
                    "third".getBytes(StandardCharsets.US_ASCII)));
        }
        overwrite(segments().get(0), RecordFrame.HEAD_BYTES + 5, "X");

        try (Journal journal = open()) {
            assertThat(drained(journal, 10)).containsExactly("first", "third");
        }
    }

    @Test
    void theHeadsOfRecordsInsideADamagedRecord_areNotFollowed() throws IOException {
        int count = 20_000;
        ByteBuffer forged = ByteBuffer.allocate(count * RecordFrame.HEAD_BYTES);
        for (int i = 0; i < count; i++) {
            forged.putInt(RecordFrame.MARKER)
                    .putInt((count - i - 1) * RecordFrame.HEAD_BYTES)
                    .putLong(2)
                    .putInt(i)
                    .putInt(i);
        }
        try (Journal journal = open()) {
            journal.append(List.of(
                    "first".getBytes(StandardCharsets.US_ASCII),
                    forged.array(),
                    "third".getBytes(StandardCharsets.US_ASCII)));
        }
        overwrite(segments().get(0), 2 * RecordFrame.HEAD_BYTES + 5, "X");

        try (Journal journal = open()) {
            assertThat(drained(journal, 10)).containsExactly("first", "third");
        }
    }

    @Test
    void aSegmentThatIsMissing_isMissed() throws IOException {
        String large = "x".repeat(SEGMENT_BYTES);
        try (Journal journal = open()) {
            append(journal, "1" + large);
            append(journal, "2" + large);
            append(journal, "3" + large);
        }
        Files.delete(segments().get(1));

        try (Journal journal = open()) {
            assertThat(drained(journal, 10)).containsExactly("1" + large, "3" + large);
            assertThat(journal.damages()).isEqualTo(1);
        }
    }

    @Test
    void whenTheDiskIsFull_nothingOfTheAppendIsInTheJournal_andTheNextOneSucceeds() throws IOException {
        try (Journal journal = open()) {
            append(journal, "first");
            disk.fullAfter(30);
            assertThatThrownBy(() -> append(journal, "second", "third")).hasMessage("No space left on device");
            disk.recover();

            append(journal, "fourth");

            assertThat(drained(journal, 10)).containsExactly("first", "fourth");
            assertThat(journal.damages()).isZero();
        }
    }

    @Test
    void whatCouldNotBeForced_isNotInTheJournal_evenWhenItCannotBeCutEither() throws IOException {
        try (Journal journal = open()) {
            append(journal, "first");
            disk.failToForce();
            assertThatThrownBy(() -> append(journal, "second")).hasMessage("Input/output error");
            disk.recover();
            append(journal, "third");
        }
        try (Journal journal = open()) {
            assertThat(drained(journal, 10)).containsExactly("first", "third");
            assertThat(journal.damages()).isZero();
        }
    }

    @Test
    void aDirectoryIsOfOneGateway() throws IOException {
        try (Journal journal = open()) {
            assertThatThrownBy(this::open)
                    .isInstanceOf(JournalException.class)
                    .hasMessageContaining("in use by another gateway")
                    .hasMessageContaining(directory.toRealPath().toString());
            append(journal, "still works");
        }
    }

    @Test
    void whatIsRefused_isKept() throws IOException {
        try (Journal journal = open()) {
            journal.keepRefused(List.of("bad".getBytes(StandardCharsets.US_ASCII)));

            assertThat(journal.setAside()).hasSize(1).allSatisfy(file -> assertThat(file)
                    .content(StandardCharsets.ISO_8859_1)
                    .contains("bad"));
            assertThat(journal.waiting()).isZero();
        }
    }

    /** Whatever bit flips, every record that does not hold it comes out, in order. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void oneFlippedBit_costsOneRecordAtMost(long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        List<String> all = IntStream.range(0, 200)
                .mapToObj(i -> i + "-" + "y".repeat(random.nextInt(100)))
                .toList();
        try (Journal journal = open()) {
            for (String one : all) {
                append(journal, one);
            }
        }
        Path segment = segments().get(random.nextInt(segments().size() - 1));
        byte[] bytes = Files.readAllBytes(segment);
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        Files.write(segment, bytes);

        try (Journal journal = open()) {
            List<String> drained = drained(journal, 7);

            assertThat(drained).hasSize(199).isSubsetOf(all);
            assertThat(drained).isEqualTo(all.stream().filter(drained::contains).toList());
            assertThat(journal.damages()).isEqualTo(1);
        }
    }

    private Journal open() throws IOException {
        return Journal.open(directory, SEGMENT_BYTES, disk);
    }

    private static void append(Journal journal, String... records) throws IOException {
        journal.append(Arrays.stream(records)
                .map(record -> record.getBytes(StandardCharsets.US_ASCII))
                .toList());
    }

    private static List<String> read(Journal journal, int maximum) throws IOException {
        return journal.read(maximum, Long.MAX_VALUE).map(JournalTest::texts).orElse(List.of());
    }

    private static List<String> drained(Journal journal, int maximum) throws IOException {
        List<String> drained = new ArrayList<>();
        Optional<JournalChunk> next = journal.read(maximum, Long.MAX_VALUE);
        while (next.isPresent()) {
            drained.addAll(texts(next.get()));
            journal.release(next.get());
            next = journal.read(maximum, Long.MAX_VALUE);
        }
        return drained;
    }

    private static List<String> texts(JournalChunk chunk) {
        return chunk.payloads().stream()
                .map(payload -> new String(payload, StandardCharsets.US_ASCII))
                .toList();
    }

    private List<Path> segments() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".journal"))
                    .sorted()
                    .toList();
        }
    }

    private static void truncate(Path file, long size) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(size);
        }
    }

    private static void overwrite(Path file, long position, String with) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(with.getBytes(StandardCharsets.ISO_8859_1)), position);
        }
    }
}
