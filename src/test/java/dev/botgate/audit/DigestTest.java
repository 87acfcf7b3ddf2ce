package dev.botgate.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class DigestTest {
    /** Of FIPS 180-4's example {@code abc}. */
    private static final Digest ABC = new Digest(3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");

    @Test
    void aDigestIsOfTheBytes() {
        assertThat(Digest.of(Buffer.buffer("abc"))).isEqualTo(ABC);
    }

    @Test
    void whenTheBytesStandAmongOthers_theDigestIsOfThemAlone() {
        assertThat(Digest.of(Buffer.buffer("xxabcyy").slice(2, 5))).isEqualTo(ABC);
    }

    @Test
    void whenTheBytesAreOffTheHeap_theDigestIsTheSame() {
        ByteBuf direct = Unpooled.directBuffer().writeBytes("abc".getBytes(StandardCharsets.US_ASCII));
        try {
            assertThat(Digest.of(BufferInternal.buffer(direct))).isEqualTo(ABC);
        } finally {
            direct.release();
        }
    }

    @Test
    void oneDigestDoesNotGoIntoTheNext() {
        Digest first = Digest.of(Buffer.buffer("something else"));

        assertThat(Digest.of(Buffer.buffer("abc"))).isEqualTo(ABC).isNotEqualTo(first);
    }
}
