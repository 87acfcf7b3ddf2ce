package dev.botgate.audit.redaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedactionTest {

    /** By {@code printf string:hello | openssl dgst -sha256 -mac HMAC -macopt key:kkk...}. */
    @Test
    void theReplacement_equalsThatOfOtherHmacPrograms() {
        assertThat(redacted("[\"hello\",1.50,true,null]", ""))
                .isEqualTo("[\"hmac-sha256:v1:37d1aa6a2b089fedf415c17d960d58046ac6d70e6472603c64cee8b599cd9ddd\","
                        + "\"hmac-sha256:v1:43fe89e777ceded2601e023121c78627625927262819dbb59dc9af13c4b3c651\","
                        + "\"hmac-sha256:v1:9e7ac695b1c0f33d57a75b7db31e0b92ec18f4aed3438f0fe3a951c08b8337b8\","
                        + "\"hmac-sha256:v1:46fd9aeaf0b5eef3011aa58ad00d9e70611d42886dcd15280a8512f6c365b184\"]");
    }

    @Test
    void allOtherBytesStay() {
        assertThat(redacted(
                        "\t{ \"a\" : 1.0,\n \"text\" : \"h\\u0069 \\\"you\\\"\" , \"\u00e4\":[ 1,{ } ],\"n\":-1e5 }\r\n",
                        "/text",
                        "/n"))
                .isEqualTo("\t{ \"a\" : 1.0,\n \"text\" : " + text("hi \"you\"") + " , \"\u00e4\":[ 1,{ } ],\"n\":"
                        + json("-100000") + " }\r\n");
    }

    @Test
    void equalValues_haveEqualReplacements_howeverTheyAreWritten() {
        assertThat(redacted("[\"\\u0061\\/\\n\\ud83d\\ude00\",\"a/\\u000A\ud83d\ude00\"]", ""))
                .isEqualTo("[" + text("a/\n\ud83d\ude00") + "," + text("a/\n\ud83d\ude00") + "]");
        assertThat(redacted("[1,1.0,1e0,10E-1]", ""))
                .isEqualTo("["
                        + Stream.generate(() -> json("1"))
                                .limit(4)
                                .reduce((a, b) -> a + "," + b)
                                .orElseThrow() + "]");
        assertThat(List.of(
                        json("1"),
                        json("\"1\""),
                        json("true"),
                        json("\"true\""),
                        json("null"),
                        json("\"\""),
                        json("0")))
                .doesNotHaveDuplicates();
    }

    @Test
    void aStar_matchesEachElementAndEachMember() {
        assertThat(redacted("{\"a\":[{\"x\":1,\"y\":2},{\"x\":3},4],\"b\":{\"k\":{\"x\":5}}}", "/a/*/x", "/b/*/x"))
                .isEqualTo("{\"a\":[{\"x\":" + json("1") + ",\"y\":2},{\"x\":" + json("3") + "},4],\"b\":{\"k\":{\"x\":"
                        + json("5") + "}}}");
    }

    @Test
    void aNumber_matchesTheElementOrTheMemberOfThatName() {
        assertThat(redacted("{\"a\":[0,1,2],\"b\":{\"1\":\"x\",\"2\":\"y\"}}", "/a/1", "/b/1"))
                .isEqualTo("{\"a\":[0," + json("1") + ",2],\"b\":{\"1\":" + text("x") + ",\"2\":\"y\"}}");
    }

    @Test
    void allScalarsBelowAnObjectOrArrayAtThePointer_areReplaced() {
        assertThat(redacted("{\"from\":{\"id\":\"x\",\"more\":[true,{\"n\":null},[],{}]},\"to\":\"x\"}", "/from"))
                .isEqualTo("{\"from\":{\"id\":" + text("x") + ",\"more\":[" + json("true") + ",{\"n\":" + json("null")
                        + "},[],{}]},\"to\":\"x\"}");
    }

    @Test
    void overlappingPointers_allApply() {
        assertThat(redacted("{\"a\":{\"b\":1,\"c\":2}}", "/a/b", "/a", "/*/c"))
                .isEqualTo("{\"a\":{\"b\":" + json("1") + ",\"c\":" + json("2") + "}}");
        assertThat(redacted("{\"a\":{\"b\":{\"x\":1,\"y\":2}}}", "/a/*/x", "/*/b/y"))
                .isEqualTo("{\"a\":{\"b\":{\"x\":" + json("1") + ",\"y\":" + json("2") + "}}}");
    }

    @Test
    void aNameInAnotherCase_escaped_orTwice_isRedactedToo() {
        assertThat(redacted(
                        "{\"TEXT\":\"a\",\"te\\u0078t\":\"b\",\"text\":\"c\",\"text\":\"d\",\"texts\":\"e\"}", "/Text"))
                .isEqualTo("{\"TEXT\":" + text("a") + ",\"te\\u0078t\":" + text("b") + ",\"text\":" + text("c")
                        + ",\"text\":" + text("d") + ",\"texts\":\"e\"}");
    }

    @Test
    void aNameWithASlashOrATilde_canBeNamed() {
        assertThat(redacted("{\"a/b\":{\"~\":1},\"a\":{\"b\":2}}", "/a~1b/~0"))
                .isEqualTo("{\"a/b\":{\"~\":" + json("1") + "},\"a\":{\"b\":2}}");
    }

    @Test
    void aSingleScalar_isADocumentToo() {
        assertThat(redacted(" 12.50 ", "")).isEqualTo(" " + json("12.5") + " ");
        assertThat(redacted("\"x\"", "")).isEqualTo(text("x"));
        assertThat(redacted("true", "")).isEqualTo(json("true"));
    }

    @Test
    void aByteOrderMark_doesNotShiftOffsets() {
        assertThat(redacted("\ufeff{\"a\":\"x\",\"b\":1}", "/a")).isEqualTo("\ufeff{\"a\":" + text("x") + ",\"b\":1}");
    }

    @Test
    void withoutAMatch_theDocumentIsUnchanged() {
        Buffer json = Buffer.buffer("{\"a\":{\"b\":1},\"c\":\"x\"}");

        assertThat(redaction("/a", "/x/y").redact(Buffer.buffer("{\"b\":1}"))).contains(Buffer.buffer("{\"b\":1}"));
        assertThat(redaction("/c/d", "/a/b/c").redact(json).orElseThrow()).isSameAs(json);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "text=hi",
                "{\"text\":\"hi\"",
                "{\"text\":\"hi\"} {}",
                "{text:1}",
                "[1,]",
                "[01]",
                "{\"a\":1}x"
            })
    void invalidJson_isNotRedacted_andTheCallerIsTold(String body) {
        assertThat(redaction("/text").redact(Buffer.buffer(body))).isEmpty();
    }

    @Test
    void otherEncodings_areNotRedacted_andTheCallerIsTold() {
        String json = "{\"text\":\"hi\"}";

        assertThat(redaction("/text").redact(Buffer.buffer(json.getBytes(StandardCharsets.UTF_16BE))))
                .isEmpty();
        assertThat(redaction("/text").redact(Buffer.buffer(json.getBytes(StandardCharsets.UTF_16LE))))
                .isEmpty();
        assertThat(redaction("/text").redact(Buffer.buffer(json.getBytes(StandardCharsets.UTF_16))))
                .isEmpty();
    }

    @Test
    void deepAndLongDocuments_areRedactedLikeOthers() {
        int depth = 20_000;
        String deep = "[".repeat(depth) + "\"x\"" + "]".repeat(depth);
        String longName = "n".repeat(60_000);
        String longNumber = "7".repeat(20_000);

        assertThat(redacted(deep, "")).isEqualTo("[".repeat(depth) + text("x") + "]".repeat(depth));
        assertThat(redacted("{\"" + longName + "\":1,\"a\":" + longNumber + "}", "/a"))
                .isEqualTo("{\"" + longName + "\":1,\"a\":" + json(longNumber) + "}");
        assertThat(redacted("{\"a\":\"" + "y".repeat(100_000) + "\",\"b\":1}", "/a"))
                .isEqualTo("{\"a\":" + text("y".repeat(100_000)) + ",\"b\":1}");
    }

    private static String redacted(String json, String... pointers) {
        Optional<Buffer> redacted = redaction(pointers).redact(Buffer.buffer(json));
        return redacted.orElseThrow().toString();
    }

    private static Redaction redaction(String... pointers) {
        return Redaction.of(Stream.of(pointers).map(JsonPointer::of).toList(), Keys.key());
    }

    private static String text(String value) {
        return "\"" + Keys.text(value) + "\"";
    }

    private static String json(String value) {
        return "\"" + Keys.json(value) + "\"";
    }

    @Nested
    class JsonPointerTest {

        /** The examples of RFC 6901 section 5. */
        @Test
        void theExamplesOfRfc6901_areParsed() {
            assertThat(segments("")).isEmpty();
            assertThat(segments("/foo")).containsExactly("foo");
            assertThat(segments("/foo/0")).containsExactly("foo", "0");
            assertThat(segments("/")).containsExactly("");
            assertThat(segments("/a~1b")).containsExactly("a/b");
            assertThat(segments("/m~0n")).containsExactly("m~n");
            assertThat(segments("/ ")).containsExactly(" ");
            assertThat(segments("/~01")).containsExactly("~1");
            assertThat(segments("/a//b/")).containsExactly("a", "", "b", "");
        }

        @ParameterizedTest
        @CsvSource({
            "text, begins with no slash",
            "#/text, begins with no slash",
            "$.text, begins with no slash",
            "/a~2, has a ~ that is neither ~0 nor ~1",
            "/a~, has a ~ that is neither ~0 nor ~1",
            "/a/-, names with - an element that does not exist"
        })
        void invalidPointers_areRefused(String text, String why) {
            assertThatThrownBy(() -> segments(text))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("\"" + text + "\" " + why);
        }

        private static List<String> segments(String text) {
            return JsonPointer.of(text).segments();
        }
    }
}
