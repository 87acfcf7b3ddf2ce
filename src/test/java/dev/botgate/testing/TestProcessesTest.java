package dev.botgate.testing;

import static dev.botgate.testing.Await.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.botgate.testing.TestProcesses.TestProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class TestProcessesTest {
    @RegisterExtension
    final TestProcesses children = new TestProcesses();

    @Test
    void aChildsLinesAreAwaited_andItsExitCodeIsKnown() {
        TestProcess child = children.main(Echo.class, List.of("-Dgreeting=hello"), Map.of("NAME", "Ada"), "3");

        assertThat(child.awaitLine("hello")).isEqualTo("hello Ada");
        assertThat(child.exitCode()).isEqualTo(3);
        assertThat(child.output()).isEqualTo("hello Ada\nbye");
    }

    @Test
    void whenAChildEndsWithoutTheLine_itsOutputIsTold() {
        TestProcess child = children.main(Echo.class, "0");

        assertThatThrownBy(() -> child.awaitLine("never"))
                .hasMessageContaining("never")
                .hasMessageContaining("bye");
    }

    @Test
    void aKilledChild_runsNoHooks() {
        TestProcess child = children.main(Waits.class);
        assertThat(child.awaitLine("waiting")).isEqualTo("waiting");

        child.kill();

        assertThat(child.exitCode()).isEqualTo(128 + 9);
        assertThat(child.output()).doesNotContain("terminated");
    }

    @Test
    void aTerminatedChild_runsItsHooks() {
        TestProcess child = children.main(Waits.class);
        assertThat(child.awaitLine("waiting")).isEqualTo("waiting");

        child.terminate();

        assertThat(child.exitCode()).isEqualTo(128 + 15);
        assertThat(child.output()).contains("terminated");
    }

    @Test
    void whenClosed_noChildAndNoFileIsLeft() throws IOException {
        TestProcess child = children.main(Waits.class);
        assertThat(child.awaitLine("waiting")).isEqualTo("waiting");
        Path directory = children.directory();
        Files.writeString(directory.resolve("left"), "over");

        children.close();

        assertThat(child.exitCode()).isEqualTo(128 + 9);
        assertThat(directory).doesNotExist();
    }

    @Test
    void whileSomebodyStillMakesFiles_noFileIsLeftInTheEnd() throws Exception {
        Path growing = Files.createDirectory(children.directory().resolve("growing"));
        Thread writer = new Thread(() -> grow(growing, 5_000));
        writer.start();
        until(() -> Files.exists(growing.resolve("100")));

        children.close();

        writer.join();
        assertThat(growing.getParent()).doesNotExist();
    }

    private static void grow(Path directory, int files) {
        try {
            for (int i = 0; i < files; i++) {
                Files.createFile(directory.resolve(Integer.toString(i)));
            }
        } catch (NoSuchFileException deleted) {
            // There is nowhere left to make files.
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    static final class Echo {
        private Echo() {}

        public static void main(String[] arguments) {
            System.out.println(System.getProperty("greeting") + " " + System.getenv("NAME"));
            System.err.println("bye");
            System.exit(Integer.parseInt(arguments[0]));
        }
    }

    static final class Waits {
        private Waits() {}

        public static void main(String[] arguments) throws InterruptedException {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("terminated")));
            System.out.println("waiting");
            Thread.currentThread().join();
        }
    }
}
