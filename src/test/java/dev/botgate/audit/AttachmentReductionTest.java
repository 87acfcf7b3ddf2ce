package dev.botgate.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AttachmentReductionTest {
    private static final byte[] IMAGE = {1, 2, 3, -1};
    private static final String IDENTIFIED =
            "sha256:" + Digest.of(Buffer.buffer(IMAGE)).sha256() + ";bytes=4";

    @Test
    void theBytesAreReplacedAndEverythingElseStays() {
        String body =
                "{ \"name\" : \"ä.png\",\n \"originalBase64\" : \"AQID\\/w==\" , \"thumbnailBase64\":\"AQID/w==\", \"x\":[1 ]}";

        assertThat(reduced(body))
                .isEqualTo("{ \"name\" : \"ä.png\",\n \"originalBase64\" : \"" + IDENTIFIED
                        + "\" , \"thumbnailBase64\":\"" + IDENTIFIED + "\", \"x\":[1 ]}");
    }

    @Test
    void aLargeValueIsIdentifiedToo() {
        byte[] large = new byte[3_000_000];
        String body = "{\"originalBase64\":\"" + Base64.getEncoder().encodeToString(large) + "\",\"type\":\"a/b\"}";

        assertThat(reduced(body))
                .isEqualTo("{\"originalBase64\":\"sha256:"
                        + Digest.of(Buffer.buffer(large)).sha256() + ";bytes=3000000\",\"type\":\"a/b\"}");
    }

    @Test
    void aNameInOtherLettersOrTwice_hidesNothing() {
        String body = "{\"OriginalBase64\":\"AQID/w==\",\"originalBase64\":\"AQID/w==\"}";

        assertThat(reduced(body)).doesNotContain("AQID");
    }

    @Test
    void whatIsNoBase64_isIdentifiedAsText() {
        String text = "not base64!";

        assertThat(reduced("{\"originalBase64\":\"" + text + "\"}"))
                .isEqualTo("{\"originalBase64\":\"sha256:"
                        + Digest.of(Buffer.buffer(text)).sha256() + ";text=11\"}");
    }

    @Test
    void withoutBytesNothingChanges() {
        String body = "{\"originalBase64\":null,\"inner\":{\"originalBase64\":\"AQID\"}}";

        assertThat(reduced(body)).isEqualTo(body);
    }

    @Test
    void aByteOrderMarkIsNoHindrance() {
        assertThat(reduced("\uFEFF{\"originalBase64\":\"AQID/w==\"}"))
                .isEqualTo("\uFEFF{\"originalBase64\":\"" + IDENTIFIED + "\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "{\"originalBase64\":[1,2]}", "{\"originalBase64\":\"AQ", "{\"a\":}"})
    void whatCannotBeReduced_isNotRecorded(String body) {
        assertThat(AttachmentReduction.of(Buffer.buffer(body))).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32BE", "UTF-32LE"})
    void inAnEncodingWhosePlacesAreUnknown_nothingIsRecorded(String charset) {
        byte[] body = "{\"originalBase64\":\"AQID/w==\"}".getBytes(Charset.forName(charset));

        assertThat(AttachmentReduction.of(Buffer.buffer(body))).isNull();
    }

    private static String reduced(String body) {
        return Objects.requireNonNull(AttachmentReduction.of(Buffer.buffer(body)))
                .toString(StandardCharsets.UTF_8);
    }
}
