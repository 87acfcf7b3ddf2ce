package dev.botgate.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.Inflater;
import java.util.zip.ZipException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContentCodingsTest {
    private static final String TEXT = "{\"id\":\"1\"}";

    @ParameterizedTest
    @ValueSource(strings = {"deflate", "raw deflate", "gzip"})
    void whatWasCoded_isDecoded(String coding) throws IOException {
        Buffer coded = coded(coding);

        assertThat(ContentCodings.decode(coded, coding.replace("raw ", ""), 100))
                .contains(Buffer.buffer(TEXT));
    }

    @Test
    void theMemoryOfDeflate_isGivenBackAtOnce() throws IOException {
        assertThat(ContentCodings.decoded(coded("deflate"), "deflate"))
                .containsInstanceOf(ContentCodings.Inflated.class);
        Inflater inflater = new Inflater();
        byte[] coded = coded("deflate").getBytes();

        try (InputStream decoded = new ContentCodings.Inflated(new ByteArrayInputStream(coded), inflater)) {
            assertThat(decoded.readAllBytes()).asString().isEqualTo(TEXT);
        }

        assertThatNullPointerException().isThrownBy(inflater::getBytesRead).withMessageContaining("closed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "{\"id\":\"1\"}"})
    void whatIsNoGzip_isRefusedBeforeItTakesMemory(String plain) {
        assertThatThrownBy(() -> ContentCodings.decoded(Buffer.buffer(plain), "gzip"))
                .isInstanceOf(ZipException.class)
                .hasNoCause();
        assertThat(ContentCodings.decode(Buffer.buffer(plain), "gzip", 100)).isEmpty();
    }

    private static Buffer coded(String coding) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, coding.startsWith("raw"));
        try (OutputStream out =
                coding.equals("gzip") ? new GZIPOutputStream(bytes) : new DeflaterOutputStream(bytes, deflater)) {
            out.write(TEXT.getBytes(StandardCharsets.UTF_8));
        } finally {
            deflater.end();
        }
        return Buffer.buffer(bytes.toByteArray());
    }
}
