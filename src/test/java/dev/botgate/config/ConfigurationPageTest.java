package dev.botgate.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The committed page of settings says what {@code conf/botgate.yaml} says. To write it again:
 *
 * <pre>{@code mvn test -Dtest=ConfigurationPageTest -Dconfiguration.page=write}</pre>
 */
class ConfigurationPageTest {
    private static final Path PAGE = Path.of("src/site/markdown/configuration.md");
    private static final Path SHIPPED = Path.of("conf/botgate.yaml");

    @Test
    void theCommittedPage_isThatOfTheShippedFile() throws IOException {
        String page = ConfigurationPage.of(Files.readString(SHIPPED));
        if ("write".equals(System.getProperty("configuration.page"))) {
            Files.writeString(PAGE, page);
        }

        assertThat(Files.readString(PAGE))
                .as(
                        "%s is not the page of %s. Write it again, and commit it:"
                                + " mvn test -Dtest=ConfigurationPageTest -Dconfiguration.page=write",
                        PAGE, SHIPPED)
                .isEqualTo(page);
    }

    @Test
    void everySetting_isOnThePageWithItsMeaning() throws IOException {
        List<String> rows =
                ConfigurationPage.of(Files.readString(SHIPPED)).lines().toList();

        assertThat(SettingNames.paths(SettingShape.of(Configuration.class), ""))
                .filteredOn(path -> !path.contains("<"))
                .hasSizeGreaterThan(40)
                .allSatisfy(path ->
                        assertThat(rows).anyMatch(row -> row.matches("\\| `\\Q" + path + "\\E` \\| `.+` \\| .+ \\|")));
    }

    @Test
    void whatIsIndentedInAComment_isAnExample() {
        String page = ConfigurationPage.of("# Some.\nupstream:\n  # By name:\n  #   a: { b: 1 }\n  names: {}\n");

        assertThat(page)
                .contains("## upstream\n\nSome.\n\n| Key | Default | Meaning |")
                .contains("| `upstream.names` | `{}` | By name: |\n")
                .endsWith("Example of `upstream.names`:\n\n```yaml\na: { b: 1 }\n```\n");
    }
}
