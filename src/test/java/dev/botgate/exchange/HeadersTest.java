package dev.botgate.exchange;

import static dev.botgate.normalize.TestBodies.refusalOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.management.ThreadMXBean;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import dev.botgate.normalize.Compressed;
import dev.botgate.normalize.TestBodies;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class HeadersTest {
    @Test
    void hopByHopHeadersAndThoseThatConnectionNames_areNotCopied() {
        MultiMap headers = MultiMap.caseInsensitiveMultiMap()
                .add("Connection", "keep-alive, X-Secret")
                .add("connection", "x-other")
                .add("Keep-Alive", "timeout=5")
                .add("x-secret", "1")
                .add("X-Other", "2")
                .add("TE", "trailers")
                .add("Upgrade", "websocket")
                .add("Transfer-Encoding", "chunked")
                .add("Accept", "a")
                .add("Accept", "b");

        MultiMap kept = Headers.endToEnd(headers);

        assertThat(kept.names()).containsExactly("Accept");
        assertThat(kept.getAll("Accept")).containsExactly("a", "b");
        assertThat(headers.entries()).hasSize(10);
    }

    @Nested
    class HttpDateTest {
        private static final Instant NEAR = Instant.parse("2026-11-30T12:00:00Z");

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                ignoreLeadingAndTrailingWhitespace = false,
                value = {
                    "Sun, 06 Nov 1994 08:49:37 GMT|1994-11-06T08:49:37Z",
                    "Sunday, 06-Nov-94 08:49:37 GMT|1994-11-06T08:49:37Z",
                    "Sun Nov  6 08:49:37 1994|1994-11-06T08:49:37Z",
                    "Wed Nov 16 08:49:37 1994|1994-11-16T08:49:37Z",
                    " Sun, 06 Nov 1994 08:49:37 GMT |1994-11-06T08:49:37Z",
                    "Mon, 06 Nov 1994 08:49:37 GMT|1994-11-06T08:49:37Z",
                    "Sat, 31 Dec 2016 23:59:60 GMT|2017-01-01T00:00:00Z",
                    "Thursday, 29-Feb-24 00:00:00 GMT|2024-02-29T00:00:00Z"
                })
        void eachOfTheThreeForms_isRead(String text, Instant moment) {
            assertThat(HttpDate.read(text, NEAR)).contains(moment);
        }

        @ParameterizedTest
        @CsvSource({
            "'Monday, 30-Nov-76 12:00:00 GMT', 2076-11-30T12:00:00Z",
            "'Monday, 30-Nov-76 12:00:01 GMT', 1976-11-30T12:00:01Z",
            "'Monday, 30-Nov-99 12:00:00 GMT', 1999-11-30T12:00:00Z",
            "'Monday, 30-Nov-00 12:00:00 GMT', 2000-11-30T12:00:00Z"
        })
        void aYearOfTwoDigits_isNotMoreThanFiftyYearsAhead(String text, Instant moment) {
            assertThat(HttpDate.read(text, NEAR)).contains(moment);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    "0",
                    "-1",
                    "Sun, 06 Nov 1994 8:49:37 GMT",
                    "Sun, 6 Nov 1994 08:49:37 GMT",
                    "Sun, 06 Nov 94 08:49:37 GMT",
                    "Sun, 06-Nov-1994 08:49:37 GMT",
                    "Sun, 06  Nov 1994 08:49:37 GMT",
                    "Sun 06 Nov 1994 08:49:37 GMT",
                    "06 Nov 1994 08:49:37 GMT",
                    "Sun, 06 Nov 1994 08.49.37 GMT",
                    "Sun, 06 Nov 1994 08:49:37 +0000",
                    "Sun, 06 Nov 1994 08:49:37 UTC",
                    "Sun, 06 Nov 1994 08:49:37 gmt",
                    "sun, 06 Nov 1994 08:49:37 GMT",
                    "Sun, 06 NOV 1994 08:49:37 GMT",
                    "Sun, 06 Nov 1994 08:49:37",
                    "Sun, 30 Feb 1994 08:49:37 GMT",
                    "Sun, 06 Nov 1994 24:49:37 GMT",
                    "Sun, 06 Nov 1994 08:49:61 GMT",
                    "Tuesday, 29-Feb-22 00:00:00 GMT",
                    "Sun Nov 06 08:49:37 94"
                })
        void otherText_isNoDate(String text) {
            assertThat(HttpDate.read(text, NEAR)).isEmpty();
        }

        @Test
        void aMissingValue_isNoDate() {
            assertThat(HttpDate.read(null, NEAR)).isEmpty();
        }
    }

    @Nested
    class ContentDecoderTest {
        private static final int MAXIMUM = 16 << 20;
        private static final long MIB = 1L << 20;

        @ParameterizedTest
        @EnumSource(Compressed.class)
        void aCompressedBody_isRestored(Compressed compressed) {
            Random random = new Random(1);
            for (int size : new int[] {0, 1, 2, 1_023, 1_024, 1_025, 70_000, 3_000_000}) {
                byte[] bytes = new byte[size];
                for (int i = 0; i < size; i++) {
                    bytes[i] = (byte) (random.nextInt(100) < 3 ? random.nextInt(256) : 'a');
                }
                Buffer plain = Buffer.buffer(bytes);

                Buffer expanded = ContentDecoder.decode(compressed.of(plain), compressed.contentCoding(), MAXIMUM);

                assertThat(expanded.equals(plain)).as("%d bytes", size).isTrue();
            }
        }

        @ParameterizedTest
        @EnumSource(Compressed.class)
        void theLimitIsExact(Compressed compressed) {
            Buffer body = compressed.of(Buffer.buffer("a".repeat(5_000)));

            assertThat(ContentDecoder.decode(body, compressed.contentCoding(), 5_000)
                            .length())
                    .isEqualTo(5_000);
            assertThat(failureOf(body, compressed, 4_999)).isEqualTo(Failure.BODY_TOO_LARGE);
        }

        @Test
        void gzipFilesOfSeveralMembers_areOneBody() {
            Buffer members = Compressed.GZIP
                    .of(Buffer.buffer("one "))
                    .appendBuffer(Compressed.GZIP.of(Buffer.buffer("t".repeat(9_000))));

            assertThat(ContentDecoder.decode(members, ContentCoding.GZIP, MAXIMUM)
                            .toString())
                    .isEqualTo("one " + "t".repeat(9_000));
        }

        @Test
        void aSliceOfABuffer_isReadFromItsStart() {
            Buffer padded = Buffer.buffer("padding").appendBuffer(Compressed.GZIP.of(Buffer.buffer("text")));

            assertThat(ContentDecoder.decode(padded.slice(7, padded.length()), ContentCoding.GZIP, MAXIMUM)
                            .toString())
                    .isEqualTo("text");
        }

        @ParameterizedTest
        @EnumSource(Compressed.class)
        void aBomb_isTooLargeWithinBoundedMemory(Compressed compressed) {
            Buffer bomb = compressed.of(Buffer.buffer(new byte[200 << 20]));
            assertThat(bomb.length()).isLessThan(300_000);

            long before = allocated();
            Failure failure = failureOf(bomb, compressed, MAXIMUM);
            long after = allocated();

            assertThat(failure).isEqualTo(Failure.BODY_TOO_LARGE);
            assertThat(after - before).isLessThan(20 * MIB);
        }

        @Test
        void aBombWithAFalseLength_isTooLargeWithinBoundedMemory() {
            Buffer bomb = Compressed.GZIP.of(Buffer.buffer(new byte[200 << 20]));
            bomb.setIntLE(bomb.length() - 4, 10);

            long before = allocated();
            Failure failure = failureOf(bomb, Compressed.GZIP, MAXIMUM);
            long after = allocated();

            assertThat(failure).isEqualTo(Failure.BODY_TOO_LARGE);
            assertThat(after - before).isLessThan(20 * MIB);
        }

        @Test
        void aShortBodyWithALongDeclaredLength_takesLittleMemory() {
            Buffer liar = Compressed.GZIP.of(Buffer.buffer("{}"));
            liar.setIntLE(liar.length() - 4, MAXIMUM);
            // Loads the classes of the assertions, which take memory too.
            String first = refusalOf(() -> ContentDecoder.decode(liar, ContentCoding.GZIP, MAXIMUM));

            long before = allocated();
            String refusal = refusalOf(() -> ContentDecoder.decode(liar, ContentCoding.GZIP, MAXIMUM));
            long after = allocated();

            assertThat(refusal).isEqualTo(first).contains("does not match its checksum or length");
            assertThat(after - before).isLessThan(MIB);
        }

        @ParameterizedTest
        @CsvSource({
            "GZIP, 0, byte 1 of the compressed body: not gzip",
            "GZIP, 9, byte 1 of the compressed body: not gzip",
            "GZIP, 15, the compressed data ends too early",
            "GZIP, -1, the compressed data ends too early",
            "GZIP, -8, the compressed data ends too early",
            "ZLIB, 0, byte 1 of the compressed body: the compressed data ends too early",
            "ZLIB, -1, the compressed data ends too early",
            "RAW, -1, the compressed data ends too early"
        })
        void aTruncatedBody_isRefused(Compressed compressed, int length, String message) {
            Buffer whole = compressed.of(Buffer.buffer("some text that is some text"));
            Buffer cut = whole.getBuffer(0, length < 0 ? whole.length() + length : length);

            assertThat(refusalOf(() -> ContentDecoder.decode(cut, compressed.contentCoding(), MAXIMUM)))
                    .contains(message);
        }

        @ParameterizedTest
        @EnumSource(Compressed.class)
        void trailingData_isRefused(Compressed compressed) {
            Buffer longer = compressed.of(Buffer.buffer("text")).appendString("more");

            assertThat(refusalOf(() -> ContentDecoder.decode(longer, compressed.contentCoding(), MAXIMUM)))
                    .startsWith("byte ");
        }

        @ParameterizedTest
        @EnumSource(Compressed.class)
        void anUncompressedBody_isRefused(Compressed compressed) {
            assertThat(refusalOf(() ->
                            ContentDecoder.decode(Buffer.buffer("{\"text\":1}"), compressed.contentCoding(), MAXIMUM)))
                    .startsWith("byte ");
        }

        @ParameterizedTest
        @EnumSource(Compressed.class)
        void damagedBodies_areDecompressedOrRefusedAndNothingElse(Compressed compressed) {
            Random random = new Random(7);
            Buffer whole = compressed.of(TestBodies.resource("activity.data-contract.json"));
            for (int i = 0; i < 3_000; i++) {
                byte[] bytes = whole.getBytes();
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
                try {
                    assertThat(ContentDecoder.decode(Buffer.buffer(bytes), compressed.contentCoding(), 20_000))
                            .isNotNull();
                } catch (GatewayException e) {
                    assertThat(e.failure()).isIn(Failure.MALFORMED_BODY, Failure.BODY_TOO_LARGE);
                }
            }
        }

        @ParameterizedTest
        @EnumSource(Compressed.class)
        void thePrefixOfABrokenBody_isDecoded(Compressed compressed) {
            Buffer whole = compressed.of(Buffer.buffer("<Activity/>" + "x".repeat(9_000)));
            Buffer cut = whole.getBuffer(0, whole.length() - 3);

            assertThat(ContentDecoder.decodePrefix(whole, compressed.contentCoding(), 11)
                            .toString())
                    .isEqualTo("<Activity/>");
            assertThat(ContentDecoder.decodePrefix(cut, compressed.contentCoding(), 11)
                            .toString())
                    .isEqualTo("<Activity/>");
            assertThat(ContentDecoder.decodePrefix(Buffer.buffer("no"), compressed.contentCoding(), 11)
                            .length())
                    .isZero();
        }

        private static Failure failureOf(Buffer body, Compressed compressed, int maximum) {
            GatewayException refused = catchThrowableOfType(
                    GatewayException.class, () -> ContentDecoder.decode(body, compressed.contentCoding(), maximum));
            return refused.failure();
        }

        private static long allocated() {
            return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
        }
    }

    @Nested
    class HeaderSyntaxTest {
        @Test
        void aList_isTheElementsOfAllLines_withoutEmptyOnes() {
            assertThat(HeaderSyntax.list(List.of(" close ", ",a,, b\t,", "x=\"1,2\\\"\", c")))
                    .containsExactly("close", "a", "b", "x=\"1,2\\\"\"", "c");
            assertThat(HeaderSyntax.list(List.of("  "))).isEmpty();
            assertThat(HeaderSyntax.list(List.of())).isEmpty();
        }

        @Test
        void aQuotedStringWithoutEnd_goesToTheEnd() {
            assertThat(HeaderSyntax.split("a;b=\"c;d", ';')).containsExactly("a", "b=\"c;d");
        }

        @ParameterizedTest
        @CsvSource({
            "Charset=UTF-8, charset, UTF-8",
            "a = \"x\", a, x",
            "q, q, ''",
            "'a=\"b\\\"\\\\c\"', a, 'b\"\\c'",
            "a=\", a, \""
        })
        void aParameter_isANameAndAValue(String text, String name, String value) {
            assertThat(HeaderSyntax.Parameter.of(text)).isEqualTo(new HeaderSyntax.Parameter(name, value));
        }

        @ParameterizedTest
        @CsvSource({"0, 0", "0., 0", "0.5, 500", "0.0009, 1", "1, 1000", "1.000, 1000"})
        void aWeight_isReadInThousandths(String value, int thousandths) {
            assertThat(HeaderSyntax.weight(value)).hasValue(thousandths);
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "1.1", "2", "-1", ".5", "0,5", "x"})
        void anotherWeight_isMalformed(String value) {
            assertThat(HeaderSyntax.weight(value)).isEmpty();
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "a b", "a/b", "a\"", "é", "\u007f"})
        void otherCharacters_areNoToken(String text) {
            assertThat(HeaderSyntax.isToken(text)).isFalse();
            assertThat(HeaderSyntax.isToken("a-b.c+1")).isTrue();
        }
    }
}
