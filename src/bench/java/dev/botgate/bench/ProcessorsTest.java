package dev.botgate.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** {@link Processors}. */
class ProcessorsTest {

    @Test
    void aListIsReadAsLinuxWritesIt() {
        assertThat(Processors.listed("0-2,5,7-8")).containsExactly(0, 1, 2, 5, 7, 8);
    }

    @Test
    void onlyWhenTheyArePinned_aCommandIsStartedOnAllOfThem() {
        List<String> command = List.of("java", "-version");

        assertThat(new Processors(List.of(0, 1), false).onAll(command)).isEqualTo(command);
        assertThat(new Processors(List.of(0, 1), true).onAll(command))
                .containsExactly("taskset", "-c", "0,1", "java", "-version");
    }
}
