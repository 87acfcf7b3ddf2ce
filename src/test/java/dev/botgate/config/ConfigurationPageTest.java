package dev.botgate.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The committed page and schema of the settings say what {@code conf/botgate.yaml} and the records say. To write them again:
 *
 * <pre>{@code mvn test -Dtest=ConfigurationPageTest -Dconfiguration.page=write}</pre>
 */
class ConfigurationPageTest {
    private static final Path PAGE = Path.of("src/site/markdown/configuration.md");
    private static final Path SCHEMA = Path.of("conf/botgate.schema.json");
    private static final Path SHIPPED = Path.of("conf/botgate.yaml");

    @Test
    void theCommittedPage_isThatOfTheShippedFile() throws IOException {
        assertCommitted(PAGE, ConfigurationPage.of(Files.readString(SHIPPED)));
    }

    @Test
    void theCommittedSchema_isThatOfTheRecords() throws IOException {
        assertCommitted(
                SCHEMA, ConfigurationSchema.of(Files.readString(SHIPPED)).encodePrettily() + "\n");
    }

    private static void assertCommitted(Path file, String text) throws IOException {
        if ("write".equals(System.getProperty("configuration.page"))) {
            Files.writeString(file, text);
        }

        assertThat(Files.readString(file))
                .as(
                        "%s is not that of %s and the settings records. Write it again, and commit it:"
                                + " mvn test -Dtest=ConfigurationPageTest -Dconfiguration.page=write",
                        file, SHIPPED)
                .isEqualTo(text);
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
