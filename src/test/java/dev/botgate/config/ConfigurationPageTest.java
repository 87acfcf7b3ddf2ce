package dev.botgate.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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

    /** The JSON Schema of {@code conf/botgate.yaml}, from the settings records and the comments of the file. */
    static final class ConfigurationSchema {
        private final Map<String, String> meanings;

        private ConfigurationSchema(Map<String, String> meanings) {
            this.meanings = meanings;
        }

        static JsonObject of(String yaml) {
            JsonObject schema = new JsonObject()
                    .put("$schema", "https://json-schema.org/draft/2020-12/schema")
                    .put("title", "Settings of Botgate");
            return schema.mergeIn(new ConfigurationSchema(ConfigurationPage.meanings(yaml))
                    .schema(SettingShape.of(Configuration.class), ""));
        }

        private JsonObject schema(SettingShape shape, String path) {
            if (shape instanceof SettingShape.Group group) {
                return group(group, path);
            }
            if (shape instanceof SettingShape.Named named) {
                JsonObject value = orNull(schema(named.of(), path + ".NAME"));
                return new JsonObject().put("type", "object").put("additionalProperties", value);
            }
            if (shape instanceof SettingShape.Many many) {
                return new JsonObject().put("type", "array").put("items", schema(many.of(), path));
            }
            return scalar(((SettingShape.Single) shape).scalar().expected());
        }

        private JsonObject group(SettingShape.Group group, String path) {
            JsonObject properties = new JsonObject();
            JsonArray required = new JsonArray();
            for (SettingShape.Key key : group.keys()) {
                String below = SettingNames.below(path, key.name());
                boolean mayBeEmpty = key.nullable() || key.shape() instanceof SettingShape.Group;
                JsonObject schema = mayBeEmpty ? orNull(schema(key.shape(), below)) : schema(key.shape(), below);
                if (meanings.containsKey(below)) {
                    schema.put("description", meanings.get(below));
                }
                properties.put(key.name(), schema);
                // Settings with a fixed path have defaults; those of an entry with a chosen name have none.
                if (path.contains(".NAME") && !key.nullable()) {
                    required.add(key.name());
                }
            }
            JsonObject schema = new JsonObject()
                    .put("type", "object")
                    .put("properties", properties)
                    .put("additionalProperties", false);
            return required.isEmpty() ? schema : schema.put("required", required);
        }

        private static JsonObject orNull(JsonObject schema) {
            if (schema.containsKey("enum")) {
                return new JsonObject()
                        .put("enum", schema.getJsonArray("enum").copy().addNull());
            }
            Object type = schema.getValue("type");
            JsonArray types = type instanceof JsonArray several ? several.copy() : new JsonArray().add(type);
            return schema.put("type", types.add("null"));
        }

        private static JsonObject scalar(String expected) {
            if (expected.startsWith("one of ")) {
                return new JsonObject()
                        .put(
                                "enum",
                                new JsonArray(List.of(
                                        expected.substring("one of ".length()).split(", "))));
            }
            if (expected.startsWith("bytes")) {
                return new JsonObject()
                        .put("type", new JsonArray().add("integer").add("string"))
                        .put("pattern", "^[0-9]+ ?(B|KiB|MiB|GiB)?$");
            }
            if (expected.startsWith("a duration")) {
                return new JsonObject().put("type", "string").put("pattern", "^([0-9]+(ms|s|m|h|d)|[Pp].+)$");
            }
            String type =
                    switch (expected) {
                        case "a whole number" -> "integer";
                        case "a number" -> "number";
                        case "true or false" -> "boolean";
                        default -> "string";
                    };
            return new JsonObject().put("type", type);
        }
    }
}
