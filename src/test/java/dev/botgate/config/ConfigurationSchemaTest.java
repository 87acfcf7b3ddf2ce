package dev.botgate.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/** The published schema accepts what the reader accepts; that it is up to date shows {@link ConfigurationPageTest}. */
class ConfigurationSchemaTest {
    private static final Path SCHEMA = Path.of("conf/botgate.schema.json");
    private static final Path SHIPPED = Path.of("conf/botgate.yaml");

    @Test
    void theShippedFile_namesTheSchemaAndFitsIt() throws IOException {
        String shipped = Files.readString(SHIPPED);

        assertThat(shipped).startsWith("# yaml-language-server: $schema=" + SCHEMA.getFileName() + "\n");
        assertThat(problems(shipped)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'server: { prot: 1 }'|server.prot",
                "'server: { port: many }'|server.port",
                "'audit: { commit-timeout: 5 }'|audit.commit-timeout",
                "'audit: { commit-timeout: soon }'|audit.commit-timeout",
                "'identity: { mode: none }'|identity.mode",
                "'upstream: { connectors: { mine: {} } }'|upstream.connectors.mine.url",
                "'cache: { ignore-no-cache: slack }'|cache.ignore-no-cache"
            })
    void whatTheReaderRefuses_theSchemaRefusesToo(String yaml, String path) throws IOException {
        assertThat(problems(yaml)).containsExactly(path);
    }

    private static List<String> problems(String yaml) throws IOException {
        LoadSettings settings =
                LoadSettings.builder().setSchema(new CoreSchema()).build();
        List<String> problems = new ArrayList<>();
        check(new JsonObject(Files.readString(SCHEMA)), new Load(settings).loadFromString(yaml), "", problems);
        return problems;
    }

    /** The keywords that the schema uses. */
    private static void check(JsonObject schema, Object value, String path, List<String> problems) {
        if (!accepts(schema, value)) {
            problems.add(path);
        } else if (value instanceof Map<?, ?> map) {
            schema.getJsonArray("required", new JsonArray()).stream()
                    .filter(name -> !map.containsKey(name))
                    .forEach(name -> problems.add(SettingNames.below(path, name.toString())));
            map.forEach((name, inner) -> {
                String below = SettingNames.below(path, name.toString());
                JsonObject known = schema.getJsonObject("properties", new JsonObject())
                        .getJsonObject(
                                name.toString(),
                                schema.getValue("additionalProperties") instanceof JsonObject any ? any : null);
                if (known == null) {
                    problems.add(below);
                } else {
                    check(known, inner, below, problems);
                }
            });
        } else if (value instanceof List<?> list) {
            list.forEach(item -> check(schema.getJsonObject("items"), item, path, problems));
        }
    }

    private static boolean accepts(JsonObject schema, Object value) {
        if (schema.containsKey("enum")) {
            return schema.getJsonArray("enum").contains(value);
        }
        String is = value == null
                ? "null"
                : value instanceof Map
                        ? "object"
                        : value instanceof List
                                ? "array"
                                : value instanceof Boolean
                                        ? "boolean"
                                        : value instanceof String
                                                ? "string"
                                                : value instanceof Double ? "number" : "integer";
        Stream<?> types = schema.getValue("type") instanceof JsonArray several
                ? several.stream()
                : Stream.of(schema.getString("type"));
        boolean typed = types.anyMatch(type -> type.equals(is) || (type.equals("number") && is.equals("integer")));
        return typed && (!(value instanceof String text) || text.matches(schema.getString("pattern", "(?s).*")));
    }
}
