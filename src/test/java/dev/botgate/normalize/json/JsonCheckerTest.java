package dev.botgate.normalize.json;

import static dev.botgate.normalize.TestBodies.SETTINGS;
import static dev.botgate.normalize.TestBodies.bytes;
import static dev.botgate.normalize.TestBodies.refusalOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.exchange.JsonStrings;
import dev.botgate.normalize.TestBodies;
import dev.botgate.schema.Schema;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonCheckerTest {
    private static final Schema SCHEMA = Schema.connector();

    private final JsonChecker activity = new JsonChecker(SETTINGS.jsonLimits(), SCHEMA, "Activity");

    // In both tables ~ stands for a backslash, and <XX> for the byte of that hexadecimal number.

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "null",
                "true",
                "false",
                "0",
                "-0",
                "\"\"",
                "<20><09><0A><0D>{}<0D><0A>",
                "<EF><BB><BF>{\"type\":\"message\"}",
                "<EF><BB><BF> {}",
                "{\"\":0}",
                "{\"a\":{\"a\":1},\"b\":[{\"a\":1},{\"a\":1}]}",
                "{\"a\":1,\"A\":2}",
                "[1,-1,0.5,-0.0,1e5,1E+5,1e-5,0e0,0E+1,20e1,123.456e78]",
                "[1e999999999999,-1e-999999999999,123456789012345678901234567890123456789012345678901234567890]",
                "[0.00000000000000000000000000000000000000000000000000000000000000000000000000000000000000001]",
                "\"~\"~~~/~b~f~n~r~t\"",
                "\"~u0000~u001f~uFFFF~uabcD\"",
                "\"~uD800\"",
                "\"~uDC00~uD800\"",
                "\"~uD834~uDD1E\"",
                "\"~uD800~u0041\"",
                "\"~~u0000~~\"",
                "\"<7F>\"",
                "\"<E2><80><A8><E2><80><A9>\"",
                "\"<C2><80><DF><BF>\"",
                "\"<E0><A0><80><ED><9F><BF><EE><80><80><EF><BF><BF>\"",
                "\"<F0><90><80><80><F4><8F><BF><BF>\"",
                "\"<EF><BB><BF>\"",
                "[[[[[[[[]]]],{}]]]]",
                "{\"a\":[],\"b\":{},\"c\":\"\",\"d\":null}",
                "{\"text\":\"/* no comment */ // 'x' NaN\"}"
            })
    void validJson_isAccepted(String json) {
        List<JsonStrings.Span> found = activity.check(bytes(json)).serviceUrls();

        assertThat(found).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "                       | 1 |  1 | the document is empty",
                "<20><0A><20>           | 2 |  2 | the document is empty",
                "<EF><BB><BF>           | 1 |  1 | the document is empty",
                "{                      | 1 |  2 | the document ends too early",
                "[                      | 1 |  2 | the document ends too early",
                "{\"a\"                 | 1 |  5 | the document ends too early",
                "{\"a\":                | 1 |  6 | the document ends too early",
                "{\"a\":1               | 1 |  7 | the document ends too early",
                "[1,                    | 1 |  4 | the document ends too early",
                "\"abc                  | 1 |  5 | the document ends inside a string",
                "\"abc~                 | 1 |  5 | an unknown escape",
                "\"~u12\"               | 1 |  2 | an unknown escape",
                "\"~u12                 | 1 |  2 | an unknown escape",
                "\"~u12G4\"             | 1 |  2 | an unknown escape",
                "\"~U0041\"             | 1 |  2 | an unknown escape",
                "\"~x41\"               | 1 |  2 | an unknown escape",
                "\"~'\"                 | 1 |  2 | an unknown escape",
                "\"~u<EF><BC><91>111\"  | 1 |  2 | an unknown escape",
                "'a'                    | 1 |  1 | a single quote",
                "{'a':1}                | 1 |  2 | a single quote",
                "{a:1}                  | 1 |  2 | an unexpected character (expected: a name in double quotes)",
                "{1:1}                  | 1 |  2 | an unexpected character (expected: a name in double quotes)",
                "{\"a\":'b'}            | 1 |  6 | a single quote",
                "// x<0A>{}             | 1 |  1 | a comment",
                "/* x */{}              | 1 |  1 | a comment",
                "{/* x */}              | 1 |  2 | a comment",
                "[1 # x<0A>]            | 1 |  4 | a comment",
                "{} // x                | 1 |  4 | there is data after the value",
                "[1,]                   | 1 |  4 | an unexpected closing bracket",
                "[,1]                   | 1 |  2 | an extra comma",
                "[1,,2]                 | 1 |  4 | an extra comma",
                "[,]                    | 1 |  2 | an extra comma",
                "{\"a\":1,}             | 1 |  8 | an unexpected closing bracket",
                "{,\"a\":1}             | 1 |  2 | an extra comma",
                "{\"a\":1,,\"b\":2}     | 1 |  8 | an extra comma",
                "{\"a\",1}              | 1 |  5 | an extra comma (expected: a colon)",
                "{\"a\"::1}             | 1 |  6 | an unexpected character (expected: a value)",
                "{\"a\" \"b\"}          | 1 |  6 | an unexpected character (expected: a colon)",
                "{\"a\"}                | 1 |  5 | an unexpected closing bracket",
                "{\"a\":1 \"b\":2}      | 1 |  8 | an unexpected character (expected: a comma or })",
                "[1 2]                  | 1 |  4 | an unexpected character (expected: a comma or ])",
                "[1}                    | 1 |  3 | an unexpected closing bracket",
                "{\"a\":1]              | 1 |  7 | an unexpected closing bracket",
                "]                      | 1 |  1 | an unexpected closing bracket",
                "{}}                    | 1 |  3 | there is data after the value",
                "[][]                   | 1 |  3 | there is data after the value",
                "1 2                    | 1 |  3 | there is data after the value",
                "{}<00>                 | 1 |  3 | there is data after the value",
                "{}<EF><BB><BF>         | 1 |  3 | there is data after the value",
                "<EF><BB><BF><EF><BB><BF>{} | 1 | 1 | an unexpected character",
                "<EF><BB>{}             | 1 |  1 | a byte that is not UTF-8",
                "<FE><FF><00>{<00>}     | 1 |  1 | a byte that is not UTF-8",
                "{<00>}<00>             | 1 |  2 | an unexpected character",
                "NaN                    | 1 |  1 | a word that is not JSON",
                "[NaN]                  | 1 |  2 | a word that is not JSON",
                "Infinity               | 1 |  1 | a word that is not JSON",
                "-Infinity              | 1 |  2 | a word that is not JSON",
                "-NaN                   | 1 |  2 | a word that is not JSON",
                "undefined              | 1 |  1 | an unexpected character",
                "True                   | 1 |  1 | an unexpected character",
                "tru                    | 1 |  4 | the document ends too early",
                "trux                   | 1 |  4 | an unexpected character (expected: true)",
                "nul l                  | 1 |  4 | an unexpected character (expected: null)",
                "truefalse              | 1 |  5 | there is data after the value",
                "01                     | 1 |  2 | a number has a leading zero",
                "-01                    | 1 |  3 | a number has a leading zero",
                "00                     | 1 |  2 | a number has a leading zero",
                "+1                     | 1 |  1 | a number that begins with a plus or a point",
                ".5                     | 1 |  1 | a number that begins with a plus or a point",
                "-.5                    | 1 |  2 | a number that begins with a plus or a point",
                "1.                     | 1 |  3 | the document ends too early (expected: a digit)",
                "[1.]                   | 1 |  4 | an unexpected closing bracket (expected: a digit)",
                "1.e5                   | 1 |  3 | an unexpected character (expected: a digit)",
                "1e                     | 1 |  3 | the document ends too early (expected: a digit)",
                "1e+                    | 1 |  4 | the document ends too early (expected: a digit)",
                "-                      | 1 |  2 | the document ends too early (expected: a digit)",
                "--1                    | 1 |  2 | an unexpected character (expected: a digit)",
                "0x1F                   | 1 |  2 | there is data after the value",
                "1_000                  | 1 |  2 | there is data after the value",
                "1f                     | 1 |  2 | there is data after the value",
                "<EF><BC><91>           | 1 |  1 | an unexpected character",
                "[<C2><A0>1]            | 1 |  2 | an unexpected character",
                "[<0C>1]                | 1 |  2 | an unexpected character",
                "[<0B>]                 | 1 |  2 | an unexpected character",
                "\"<00>\"               | 1 |  2 | a control character in a string",
                "\"a<0A>b\"             | 1 |  3 | a control character in a string",
                "\"<09>\"               | 1 |  2 | a control character in a string",
                "\"<1F>\"               | 1 |  2 | a control character in a string",
                "\"~<0A>\"              | 1 |  2 | an unknown escape",
                "\"<80>\"               | 1 |  2 | a byte that is not UTF-8",
                "\"<FF>\"               | 1 |  2 | a byte that is not UTF-8",
                "\"<C3>\"               | 1 |  2 | a byte that is not UTF-8",
                "\"<C3>(\"              | 1 |  2 | a byte that is not UTF-8",
                "\"<C0><AF>\"           | 1 |  2 | a byte that is not UTF-8",
                "\"<C1><BF>\"           | 1 |  2 | a byte that is not UTF-8",
                "\"<E0><80><AF>\"       | 1 |  2 | a byte that is not UTF-8",
                "\"<E2><82>\"           | 1 |  2 | a byte that is not UTF-8",
                "\"<ED><A0><80>\"       | 1 |  2 | a byte that is not UTF-8",
                "\"<ED><BF><BF>\"       | 1 |  2 | a byte that is not UTF-8",
                "\"<F0><80><80><80>\"   | 1 |  2 | a byte that is not UTF-8",
                "\"<F4><90><80><80>\"   | 1 |  2 | a byte that is not UTF-8",
                "\"<F8><88><80><80><80>\" | 1 | 2 | a byte that is not UTF-8",
                "\"<E4>\"               | 1 |  2 | a byte that is not UTF-8",
                "\"<E2><82><AC><80>\"   | 1 |  3 | a byte that is not UTF-8",
                "{\"<FF>\":1}           | 1 |  3 | a byte that is not UTF-8",
                "{\"a\":1,\"a\":2}      | 1 |  8 | an object has a name twice",
                "{\"a\":1,\"~u0061\":2} | 1 |  8 | an object has a name twice",
                "{\"~u0061\":1,\"a\":2} | 1 | 13 | an object has a name twice",
                "{\"~/\":1,\"/\":2}     | 1 |  9 | an object has a name twice",
                "{\"\":1,\"\":1}        | 1 |  7 | an object has a name twice",
                "{\"~ud800\":1,\"~uD800\":1} | 1 | 13 | an object has a name twice",
                "{\"<F0><9D><84><9E>\":1,\"~uD834~uDD1E\":1} | 1 | 8 | an object has a name twice",
                "{\"x\":[{\"b\":1,<0A>  \"b\":2}]} | 2 | 3 | an object has a name twice",
                "{<0D><0A>\"a\": 1<0D>,x} | 3 | 2 | an unexpected character",
                "{\"<C3><A4><E2><82><AC>\":x} | 1 | 7 | an unexpected character"
            })
    void invalidJson_isRefusedWithItsPosition(String json, int line, int column, String reason) {
        String refusal = refusalOf(() -> activity.check(bytes(json == null ? "" : json)));

        assertThat(refusal).startsWith("line " + line + ", column " + column + ": " + reason);
    }

    @Test
    void anErrorRepeatsNothingOfTheBody() {
        String refusal = refusalOf(() -> activity.check(bytes("{\"text\":\"tell nobody\",\"text\":secret}")));

        assertThat(refusal).doesNotContain("text", "nobody", "secret");
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 16, 17, 31, 32, 33, 1_000, 50_000})
    void aDuplicateAmongManyNames_isFound(int count) {
        String members =
                IntStream.range(0, count).mapToObj(i -> "\"n" + i + "\":0").collect(Collectors.joining(","));

        List<JsonStrings.Span> found =
                activity.check(bytes("{" + members + "}")).serviceUrls();
        String refusal = refusalOf(() -> activity.check(bytes("{" + members + ",\"~u006e7\":0}")));

        assertThat(found).isEmpty();
        assertThat(refusal).contains("an object has a name twice");
    }

    @Test
    void manyNamesInNestedObjects_areKeptApart() {
        String members =
                IntStream.range(0, 40).mapToObj(i -> "\"n" + i + "\":0").collect(Collectors.joining(","));
        String inner = "{" + members + "}";
        String json = "{" + members + ",\"x\":" + inner + ",\"y\":" + inner + "}";

        List<JsonStrings.Span> found = activity.check(bytes(json)).serviceUrls();
        String refusal = refusalOf(() -> activity.check(bytes(json.substring(0, json.length() - 1) + ",\"n0\":0}")));

        assertThat(found).isEmpty();
        assertThat(refusal).contains("an object has a name twice");
    }

    @Test
    void nestingIsBounded() {
        JsonChecker shallow =
                new JsonChecker(TestBodies.limits(3, 100, 100, 100).jsonLimits(), SCHEMA, "Activity");

        List<JsonStrings.Span> found =
                shallow.check(bytes("[[{\"a\":[]}]]".replace("[]}", "0}"))).serviceUrls();
        String refusal = refusalOf(() -> shallow.check(bytes("[[{\"a\":[0]}]]")));

        assertThat(found).isEmpty();
        assertThat(refusal).isEqualTo("line 1, column 8: nested too deeply (expected: up to 3)");
    }

    @Test
    void aBodyOfOpeningBrackets_isRefusedAtTheDepthLimit() {
        String refusal = refusalOf(() -> activity.check(Buffer.buffer("[".repeat(5_000_000))));

        assertThat(refusal).isEqualTo("line 1, column 129: nested too deeply (expected: up to 128)");
    }

    @Test
    void valuesAreCounted() {
        JsonChecker few = new JsonChecker(TestBodies.limits(10, 4, 100, 100).jsonLimits(), SCHEMA, "Activity");

        List<JsonStrings.Span> found = few.check(bytes("[1,2,3]")).serviceUrls();
        String refusal = refusalOf(() -> few.check(bytes("[1,2,3,4]")));

        assertThat(found).isEmpty();
        assertThat(refusal).isEqualTo("line 1, column 8: too many values (expected: up to 4)");
    }

    @Test
    void oneTextIsBounded() {
        JsonChecker brief = new JsonChecker(TestBodies.limits(10, 10, 10, 5).jsonLimits(), SCHEMA, "Activity");

        List<JsonStrings.Span> found = brief.check(bytes("[\"12345\"]")).serviceUrls();
        String refusal = refusalOf(() -> brief.check(bytes("[\"123456\"]")));

        assertThat(found).isEmpty();
        assertThat(refusal).isEqualTo("line 1, column 3: the text is too long (expected: up to 5 bytes)");
    }

    @Test
    void serviceUrlsOfTheActivityAndItsReference_areFound() {
        String json = "{\"serviceUrl\" : \"https:~/~/a~u002fb\",\"text\":\"serviceUrl\","
                + "\"relatesTo\":{\"serviceUrl\":\"c\",\"conversation\":{\"serviceUrl\":\"no\"}},"
                + "\"channelData\":{\"serviceUrl\":\"no\",\"relatesTo\":{\"serviceUrl\":\"no\"}},"
                + "\"value\":[{\"serviceUrl\":\"no\"}]}";
        Buffer bytes = bytes(json);

        List<JsonStrings.Span> found = activity.check(bytes).serviceUrls();

        assertThat(found).extracting(JsonStrings.Span::value).containsExactly("https://a/b", "c");
        assertThat(bytes.getString(found.get(0).start(), found.get(0).end())).isEqualTo("\"https:\\/\\/a\\u002fb\"");
        assertThat(bytes.getString(found.get(1).start(), found.get(1).end())).isEqualTo("\"c\"");
    }

    @Test
    void serviceUrls_areFoundIgnoringCase() {
        List<JsonStrings.Span> found = activity.check(
                        bytes("{\"ServiceUrl\":\"a\",\"RelatesTo\":{\"SERVICEURL\":\"b\"},\"service~u0055rl\":\"c\"}"))
                .serviceUrls();

        assertThat(found).extracting(JsonStrings.Span::value).containsExactly("a", "b", "c");
    }

    @Test
    void onlyAString_isAServiceUrl() {
        assertThat(activity.check(bytes("{\"serviceUrl\":null,\"relatesTo\":\"serviceUrl\"}"))
                        .serviceUrls())
                .isEmpty();
        assertThat(activity.check(bytes("[{\"serviceUrl\":\"a\"}]")).serviceUrls())
                .isEmpty();
        assertThat(activity.check(bytes("{\"serviceUrl\":[\"a\"],\"relatesTo\":[{\"serviceUrl\":\"a\"}]}"))
                        .serviceUrls())
                .isEmpty();
    }

    @Test
    void serviceUrlsOfTheOtherModels_areFound() {
        JsonChecker parameters = new JsonChecker(SETTINGS.jsonLimits(), SCHEMA, "ConversationParameters");
        JsonChecker transcript = new JsonChecker(SETTINGS.jsonLimits(), SCHEMA, "Transcript");

        assertThat(parameters
                        .check(
                                bytes(
                                        "{\"serviceUrl\":\"no\",\"activity\":{\"serviceUrl\":\"a\",\"relatesTo\":{\"serviceUrl\":\"b\"}}}"))
                        .serviceUrls())
                .extracting(JsonStrings.Span::value)
                .containsExactly("a", "b");
        assertThat(transcript
                        .check(bytes("<EF><BB><BF>{\"activities\":[{\"serviceUrl\":\"a\"},{},{\"serviceUrl\":\"b\"}]}"))
                        .serviceUrls())
                .extracting(JsonStrings.Span::value)
                .containsExactly("a", "b");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"conversationUpdate\",\"membersAdded\":[{\"id\":\"29:m\"}]}",
                "{\"membersRemoved\":[{}]}",
                "{\"MembersRemoved\" : [ {} ]}",
                "{\"membersAdded\":[],\"membersRemoved\":[\"m\"]}",
                "{\"membersAdded\":[[]]}",
                "{\"m~u0065mbersAdded\":[{}]}",
                "{\"activities\":[{\"text\":\"a\"},{\"membersAdded\":[{}]}]}"
            })
    void addedAndRemovedMembers_areFound(String json) {
        assertThat(activity.check(bytes(json)).namesMembers()).isTrue();
        assertThat(activity.checkConverted(bytes(json)).namesMembers()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"message\",\"text\":\"membersAdded\"}",
                "{\"membersAdded\":[]}",
                "{\"membersAdded\":[],\"attachments\":[{}],\"value\":{\"a\":[1]}}",
                "{\"value\":{\"membersAdded\":[]},\"listenFor\":[\"a\"]}",
                "{\"membersAdded\":null,\"listenFor\":[\"a\"]}",
                "{\"membersAdded\":\"all\"}",
                "{\"membersAdded\":{\"id\":[1]}}",
                "{\"membersAddedToo\":[1],\"text\":\"~u00e4\"}",
                "{}"
            })
    void otherMembers_areNoMemberChange(String json) {
        assertThat(activity.check(bytes(json)).namesMembers()).isFalse();
    }
}
