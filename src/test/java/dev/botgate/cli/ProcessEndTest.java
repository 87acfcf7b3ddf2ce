package dev.botgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.cli.FailingProgram.Kind;
import dev.botgate.testing.TestProcess;
import dev.botgate.testing.TestProcesses;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ProcessEndTest {
    private static final List<String> SMALL = List.of("-Xmx48m", "-XX:MaxDirectMemorySize=16m");

    @RegisterExtension
    final TestProcesses children = new TestProcesses();

    @ParameterizedTest
    @EnumSource(names = {"HEAP", "DIRECT_MEMORY", "MEMORY_ON_A_THREAD", "MEMORY_LOGGED_QUIETLY"})
    void whenMemoryRunsOut_theProcessEndsAndSaysSo(Kind kind) {
        TestProcess program = erring(kind);

        assertThat(program.exitCode()).as(program.output()).isEqualTo(70);
        assertThat(lastLine(program)).startsWith("Botgate ends itself: out of memory");
    }

    @ParameterizedTest
    @EnumSource(names = {"CLASS", "CLASS_IN_A_PIPELINE", "CLASS_AS_A_CAUSE"})
    void whenAClassCannotBeLoaded_theProcessEndsAndSaysWhich(Kind kind) {
        TestProcess program = erring(kind);

        assertThat(program.exitCode()).as(program.output()).isEqualTo(70);
        assertThat(lastLine(program)).isEqualTo("Botgate ends itself: a class could not be loaded");
        assertThat(program.output()).contains("NoClassDefFoundError: dev/botgate/Missing");
    }

    @ParameterizedTest
    @EnumSource(names = {"STACK", "LIBRARY"})
    void whenAStackOverflows_orALibraryOfTheSystemIsMissing_theProcessGoesOn(Kind kind) {
        TestProcess program = erring(kind);

        assertThat(program.awaitLine(kind == Kind.STACK ? "StackOverflowError" : "UnsatisfiedLinkError"))
                .contains("stack_trace");
        assertThat(program.awaitLine("the event loop turns")).isNotEmpty();
        assertThat(program.output()).doesNotContain("ends itself").doesNotContain("NoClassDefFoundError: ch");
        program.kill();
    }

    @Test
    void aStopThatHangs_endsAtItsTime() {
        TestProcess program = erring(Kind.STOP);

        assertThat(program.exitCode()).isEqualTo(70);
        assertThat(lastLine(program)).isEqualTo("Botgate ends itself: stopping took too long");
    }

    private TestProcess erring(Kind kind) {
        return children.main(FailingProgram.class, SMALL, Map.of(), kind.name());
    }

    private static String lastLine(TestProcess program) {
        return program.output().lines().reduce("", (before, line) -> line);
    }
}
