package dev.botgate.audit.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.botgate.testing.TestProcesses;
import dev.botgate.testing.TestProcesses.TestProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What a journal makes of a disk that fails, of names that do not stay, and of another process. */
class JournalDiskTest {
    private static final int SEGMENT_BYTES = 4_096;
    private static final String LARGE = "x".repeat(SEGMENT_BYTES);

    @RegisterExtension
    final TestProcesses children = new TestProcesses();

    private final FailingDisk disk = new FailingDisk();

    @TempDir
    Path directory;

    @Test
    void theNamesOfNewDirectoriesAreForcedToo() throws IOException {
        Path deep = directory.toRealPath().resolve("data").resolve("journal");

        try (Journal journal = Journal.open(deep, SEGMENT_BYTES, disk)) {
            append(journal, "first");

            assertThat(disk.forcedDirectories()).contains(directory.toRealPath(), deep.getParent(), deep);
            assertThat(disk.forcedDirectories().indexOf(directory.toRealPath()))
                    .isLessThan(disk.forcedDirectories().indexOf(deep));
        }
    }

    @Test
    void whenTheNameOfANewSegmentCannotBeForced_nothingIsAcknowledged_andTheNextTryMakesANewName() throws IOException {
        try (Journal journal = Journal.open(directory, SEGMENT_BYTES, disk)) {
            disk.failToForceDirectories();
            assertThatThrownBy(() -> append(journal, "first")).hasMessage("Input/output error");
            assertThat(segments()).as("the name that may not be durable").isEmpty();
            disk.recover();

            append(journal, "second");

            assertThat(drained(journal)).containsExactly("second");
        }
    }

    @Test
    void whatADiskThatIsFullLeftBehind_isNoSegment() throws IOException {
        try (Journal journal = Journal.open(directory, SEGMENT_BYTES, disk)) {
            disk.fullAfter(3);
            assertThatThrownBy(() -> append(journal, "first")).hasMessage("No space left on device");

            assertThat(segments()).isEmpty();
        }
        assertThatCode(() -> JournalDirectory.requireEmpty(directory)).doesNotThrowAnyException();
    }

    @Test
    void afterAFailedForce_nothingMoreGoesIntoThatFile() throws IOException {
        try (Journal journal = Journal.open(directory, SEGMENT_BYTES, disk)) {
            append(journal, "first");
            disk.failToForce();
            assertThatThrownBy(() -> append(journal, "second")).hasMessage("Input/output error");
            disk.recover();

            append(journal, "third");

            assertThat(segments()).hasSize(2);
            assertThat(drained(journal)).containsExactly("first", "third");
        }
    }

    @Test
    void aDrainedSegmentThatCannotBeRemoved_doesNotKeepTheOthersIn() throws IOException {
        try (Journal journal = Journal.open(directory, SEGMENT_BYTES, disk)) {
            append(journal, "1" + LARGE);
            append(journal, "2" + LARGE);
            append(journal, "3");
            disk.failToDelete();

            assertThat(drained(journal)).containsExactly("1" + LARGE, "2" + LARGE, "3");
            assertThat(journal.waiting()).isZero();
            assertThat(segments()).hasSize(3);
            assertThat(journal.bytes()).as("what is on disk").isGreaterThan(2 * SEGMENT_BYTES);

            disk.recover();
            journal.deleteReleased();
            assertThat(segments()).isEmpty();
            assertThat(journal.bytes()).isZero();
        }
    }

    @Test
    void whenRefusedRecordsCannotBeKept_noPartOfThemIsLeft() throws IOException {
        try (Journal journal = Journal.open(directory, SEGMENT_BYTES, disk)) {
            disk.fullAfter(10);

            assertThatThrownBy(() -> journal.keepRefused(List.of(bytes("bad")))).hasMessageContaining("No space");

            assertThat(JournalDirectory.files(directory, JournalDirectory.REFUSED))
                    .isEmpty();
            assertThat(journal.setAside()).isEmpty();
        }
    }

    @Test
    void whatCannotBeRead_isDamagedAfterSomeTries_andTheRecordsAroundItAreDrained() throws IOException {
        try (Journal journal = Journal.open(directory, SEGMENT_BYTES, disk)) {
            append(journal, "first", LARGE + LARGE + LARGE, "third");
            disk.unreadableAt(2 * SEGMENT_BYTES);

            assertThatThrownBy(() -> drained(journal)).as("it may pass").hasMessage("Input/output error");
            List<String> drained = List.of();
            for (int tries = 0; tries < 100 && drained.isEmpty(); tries++) {
                drained = drainedIfReadable(journal);
            }
            journal.deleteReleased();

            assertThat(drained).containsExactly("first", "third");
            assertThat(journal.damages()).isOne();
            assertThat(journal.setAside()).singleElement().satisfies(file -> assertThat(file.toString())
                    .endsWith(JournalDirectory.DAMAGED));
            assertThat(segments()).isEmpty();
        }
    }

    private static List<String> drainedIfReadable(Journal journal) {
        try {
            return drained(journal);
        } catch (IOException e) {
            return List.of();
        }
    }

    /** Else the drain would come for what is lost again and again, and the trail would never leave the journal. */
    @Test
    void damageAtTheEndOfWhatIsStillWritten_isToldOnce_andNotWaitedFor() throws IOException {
        try (Journal journal = Journal.open(directory, SEGMENT_BYTES, disk)) {
            append(journal, "first", "second");
            journal.release(journal.read(1, Long.MAX_VALUE).orElseThrow());
            Path segment =
                    JournalDirectory.files(directory, JournalDirectory.SEGMENT).get(0);
            byte[] bytes = Files.readAllBytes(segment);
            bytes[bytes.length - 1] ^= 1;
            Files.write(segment, bytes);

            assertThat(journal.read(10, Long.MAX_VALUE)).isEmpty();

            assertThat(journal.waiting()).isZero();
            assertThat(journal.damages()).isEqualTo(1);
            append(journal, "third");
            JournalChunk next = journal.read(10, Long.MAX_VALUE).orElseThrow();
            assertThat(next.payloads()).containsExactly(bytes("third"));
            journal.release(next);
            journal.deleteReleased();
            assertThat(journal.damages()).isEqualTo(1);
            assertThat(journal.setAside()).hasSize(1).allSatisfy(file -> assertThat(file)
                    .content(StandardCharsets.ISO_8859_1)
                    .contains("first", "secon", "third"));
        }
    }

    @Test
    void aFileThatOnlyLooksLikeASegment_isNamed() throws IOException {
        Journal.open(directory, SEGMENT_BYTES, disk).close();
        Path stray = Files.createFile(directory.toRealPath().resolve("mine.journal"));

        assertThatThrownBy(() -> Journal.open(directory, SEGMENT_BYTES, disk))
                .isInstanceOf(JournalException.class)
                .hasMessage(stray + " is no segment of a journal; move it away");
    }

    @Test
    void whileAnotherProcessHasTheDirectory_itIsRefused_andAfterItsDeathItIsNot() throws IOException {
        TestProcess other = children.main(Holder.class, directory.toString());
        assertThat(other.awaitLine("holding")).isNotEmpty();

        assertThatThrownBy(() -> Journal.open(directory, SEGMENT_BYTES, disk))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("in use by another gateway");

        other.kill();
        try (Journal journal = Journal.open(directory, SEGMENT_BYTES, disk)) {
            assertThat(drained(journal)).containsExactly("of the other");
        }
    }

    /** Holds a journal until it is killed. */
    static final class Holder {
        private Holder() {}

        public static void main(String[] arguments) throws IOException {
            try (Journal journal = Journal.open(Path.of(arguments[0]), SEGMENT_BYTES, new Disk())) {
                append(journal, "of the other");
                System.out.println("holding");
                int end = System.in.read();
                System.out.println("ended by " + end);
            }
        }
    }

    private static void append(Journal journal, String... records) throws IOException {
        journal.append(Arrays.stream(records).map(JournalDiskTest::bytes).toList());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static List<String> drained(Journal journal) throws IOException {
        List<String> drained = new ArrayList<>();
        Optional<JournalChunk> next = journal.read(10, Long.MAX_VALUE);
        while (next.isPresent()) {
            next.get().payloads().forEach(payload -> drained.add(new String(payload, StandardCharsets.US_ASCII)));
            journal.release(next.get());
            next = journal.read(10, Long.MAX_VALUE);
        }
        return drained;
    }

    private List<Path> segments() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(JournalDirectory.SEGMENT))
                    .toList();
        }
    }
}
