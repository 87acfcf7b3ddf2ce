package dev.botgate.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class LocalReaderIdentityTest {
    @Test
    void theReader_isTheUserOfTheOperatingSystem_whateverTheOptionSays() throws IOException {
        String real = new String(
                        new ProcessBuilder("id", "-un").start().getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .strip();
        String before = System.setProperty("user.name", "mallory");
        try {
            assertThat(LocalReaderIdentity.commandLine().name()).isEqualTo(real);
        } finally {
            System.setProperty("user.name", before);
        }
    }
}
