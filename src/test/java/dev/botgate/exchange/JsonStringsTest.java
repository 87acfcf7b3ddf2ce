package dev.botgate.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.Charset;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonStringsTest {
    @Test
    void onlyTheOutermostObjectsStringsAreFound() {
        Buffer json = Buffer.buffer(
                "\ufeff{ \"x\":{\"id\":\"inner\"}, \"n\":7,\"id\" : \"\u00e4\\\"\\u0041\", \"y\":[{\"id\":\"no\"}] }");

        Map<String, JsonStrings.Span> found = JsonStrings.find(json, Set.of("id", "n"));

        assertThat(found).containsOnlyKeys("id");
        JsonStrings.Span id = Objects.requireNonNull(found.get("id"));
        assertThat(id.value()).isEqualTo("\u00e4\"A");
        assertThat(json.getString(id.start(), id.end())).isEqualTo("\"\u00e4\\\"\\u0041\"");
    }

    @Test
    void aReplacementKeepsEveryOtherByte() {
        Buffer json = Buffer.buffer("{\"a\" : 1.0e5,\n \"serviceUrl\":\"https:\\/\\/x\\/\" , \"b\":\"\u20ac\"}");

        JsonStrings.Span place = Objects.requireNonNull(
                JsonStrings.find(json, Set.of("serviceUrl")).get("serviceUrl"));

        Buffer replaced = JsonStrings.replace(json, place, "http://gate/\"\\");

        assertThat(replaced.toString())
                .isEqualTo("{\"a\" : 1.0e5,\n \"serviceUrl\":\"http://gate/\\\"\\\\\" , \"b\":\"\u20ac\"}");
    }

    @Test
    void severalReplacementsKeepEveryOtherByte() {
        Buffer json = Buffer.buffer("[ \"a\",\"\u20ac\" , \"b\",{\"c\":\"\"}]\n");

        Buffer replaced = JsonStrings.replace(
                json,
                List.of(
                        new JsonStrings.Span(2, 5, "longer \u00e4"),
                        new JsonStrings.Span(14, 17, ""),
                        new JsonStrings.Span(23, 25, "d")));

        assertThat(replaced.toString()).isEqualTo("[ \"longer \u00e4\",\"\u20ac\" , \"\",{\"c\":\"d\"}]\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16BE", "UTF-16LE", "UTF-16", "UTF-32BE"})
    void inOtherEncodings_nothingIsFound(String charset) {
        Buffer json = Buffer.buffer("{\"x\":1,\"id\":\"1\"}".getBytes(Charset.forName(charset)));

        assertThat(JsonStrings.find(json, Set.of("id"))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[\"id\"]", "\"id\"", "{\"id\":\"x\"", "{\"id\":\"x\"]", "<id>x</id>"})
    void inAnythingButAJsonObject_nothingIsFound(String json) {
        assertThat(JsonStrings.find(Buffer.buffer(json), Set.of("id"))).isEmpty();
    }
}
