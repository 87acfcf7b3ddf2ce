package dev.botgate.normalize.json;

import static dev.botgate.normalize.TestBodies.SETTINGS;
import static dev.botgate.normalize.TestBodies.refusalOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.botgate.schema.Schema;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Checks the 318 documents of JSONTestSuite (github.com/nst/JSONTestSuite). Of the 95 that must be accepted all are, except
 * for two with a duplicate name in an object. The 188 that must be refused are refused. Of the 35 undefined ones 21 are
 * accepted.
 *
 * <p>Each line is a document; {@code <E4>} is the byte of that number, and {@code 500*[} repeats the rest 500 times.
 */
class JsonGrammarTest {
    /** Numbers of any size, escaped lone surrogates, and a byte order mark. */
    private static final String LEFT_OPEN_AND_ACCEPTED =
            """
            [123.456e-789]
            [0.4e00669999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999969999999006]
            [-1e+9999]
            [123e-10000000]
            [-123123123123123123123123123123]
            {"\\uDFAA":0}
            ["\\uDADA"]
            ["\\uD888\\u1234"]
            ["\\uD800\\n"]
            ["\\uDd1ea"]
            ["\\uD800\\uD800\\n"]
            ["\\ud800abc"]
            ["\\uDd1e\\uD834"]
            ["\\uDFAA"]
            <EF><BB><BF>{}
            """;

    /** Bytes that are not UTF-8, duplicate names, and depth beyond the limit. */
    private static final String LEFT_OPEN_AND_REFUSED =
            """
            <FF><FE>[<00>"<00><E9><00>"<00>]<00>
            <00>[<00>"<00><E9><00>"<00>]
            [<00>"<00><E9><00>"<00>]<00>
            ["<D1><88><FA>"]
            ["<ED><A0><80>"]
            ["<FF>"]
            ["<E9>"]
            ["<81>"]
            ["<F4><BF><BF><BF>"]
            ["<C0><AF>"]
            ["<FC><83><BF><BF><BF><BF>"]
            ["<FC><80><80><80><80><80>"]
            ["<E0><FF>"]
            {"a":"b","a":"c"}
            {"a":"b","a":"b"}
            {"a":"b","\\u0061":"b"}
            500*[
            """;

    private final JsonChecker checker = new JsonChecker(SETTINGS.jsonLimits(), Schema.connector(), "Activity");

    @ParameterizedTest
    @MethodSource
    void documentsOfTheSuite_areAccepted_whereValid(String line, Buffer json) {
        assertThatCode(() -> checker.check(json)).as(line).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @MethodSource
    void documentsOfTheSuite_areRefused_whereInvalid(String line, Buffer json) {
        assertThat(refusalOf(() -> checker.check(json))).as(line).startsWith("line ");
    }

    @ParameterizedTest
    @MethodSource
    void undefinedJson_isAccepted_whereNothingIsLost(String line, Buffer json) {
        assertThatCode(() -> checker.check(json)).as(line).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @MethodSource
    void undefinedJson_isRefused_whereReadersDiffer(String line, Buffer json) {
        assertThat(refusalOf(() -> checker.check(json))).as(line).startsWith("line ");
    }

    static Stream<Arguments> documentsOfTheSuite_areAccepted_whereValid() throws IOException {
        return documents(resource("json-allowed.txt"));
    }

    static Stream<Arguments> documentsOfTheSuite_areRefused_whereInvalid() throws IOException {
        return documents(resource("json-forbidden.txt"));
    }

    static Stream<Arguments> undefinedJson_isAccepted_whereNothingIsLost() {
        return documents(LEFT_OPEN_AND_ACCEPTED);
    }

    static Stream<Arguments> undefinedJson_isRefused_whereReadersDiffer() {
        return documents(LEFT_OPEN_AND_REFUSED);
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = JsonGrammarTest.class.getResourceAsStream(name)) {
            return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static Stream<Arguments> documents(String lines) {
        return lines.lines().map(line -> Arguments.of(line, document(line)));
    }

    private static Buffer document(String line) {
        int times = line.matches("\\d+\\*.*") ? line.indexOf('*') : -1;
        if (times > 0) {
            return Buffer.buffer(line.substring(times + 1).repeat(Integer.parseInt(line.substring(0, times))));
        }
        Buffer bytes = Buffer.buffer();
        for (int i = 0; i < line.length(); i++) {
            boolean named = line.startsWith("<", i) && line.startsWith(">", i + 3);
            bytes.appendByte((byte) (named ? Integer.parseInt(line.substring(i + 1, i + 3), 16) : line.charAt(i)));
            i += named ? 3 : 0;
        }
        return bytes;
    }
}
