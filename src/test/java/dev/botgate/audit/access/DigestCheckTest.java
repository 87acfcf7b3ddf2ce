package dev.botgate.audit.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.audit.Digest;
import dev.botgate.audit.Exchanges;
import dev.botgate.audit.Intent;
import dev.botgate.audit.RecordedBody;
import dev.botgate.audit.RecordedBody.Form;
import dev.botgate.audit.redaction.Keys;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DigestCheckTest {
    private static final Buffer BODY = Buffer.buffer("{\"text\":\"as it was\"}");
    private static final Buffer OTHER = Buffer.buffer("{\"text\":\"as it wasn't\"}");

    @Test
    void aWholeBody_matchesItsDigest_orDiffers() {
        assertThat(check(Form.WHOLE, BODY, Digest.of(BODY))).isEqualTo(DigestCheck.MATCHES);
        assertThat(check(Form.WHOLE, OTHER, Digest.of(BODY))).isEqualTo(DigestCheck.DIFFERS);
        Digest longer = new Digest(BODY.length() + 1, Digest.of(BODY).sha256());
        assertThat(check(Form.WHOLE, BODY, longer)).isEqualTo(DigestCheck.DIFFERS);
        assertThat(check(Form.WHOLE, BODY, Digest.of(BODY, Keys.key()))).isEqualTo(DigestCheck.DIFFERS);
        assertThat(check(Form.WHOLE, null, Digest.of(BODY))).isEqualTo(DigestCheck.DIFFERS);
        assertThat(check(Form.WHOLE, BODY, null)).isEqualTo(DigestCheck.DIFFERS);
    }

    @Test
    void aRedactedBody_isComparedAsRecorded() {
        assertThat(check(Form.REDACTED, BODY, Digest.of(BODY))).isEqualTo(DigestCheck.MATCHES);
        assertThat(check(Form.REDACTED, OTHER, Digest.of(BODY))).isEqualTo(DigestCheck.DIFFERS);
        assertThat(check(Form.REDACTED, null, Digest.of(BODY))).isEqualTo(DigestCheck.UNCHECKED);
    }

    @Test
    void aBodyWithOmittedBytes_isUnchecked() {
        assertThat(check(Form.REDUCED, OTHER, Digest.of(BODY))).isEqualTo(DigestCheck.UNCHECKED);
        assertThat(check(Form.REDUCED, null, Digest.of(BODY, Keys.key()))).isEqualTo(DigestCheck.UNCHECKED);
        RecordedBody redacted = RecordedBody.redacted(OTHER, Digest.of(BODY));
        Intent upload =
                Exchanges.intent(Exchanges.ids().next(), "r", "28:bot", "19:c", null, "UploadAttachment", redacted);
        assertThat(DigestCheck.of(upload)).isEqualTo(DigestCheck.UNCHECKED);
    }

    @Test
    void aMissingBody_isUncheckedWithoutADigest() {
        assertThat(check(Form.NONE, null, null)).isEqualTo(DigestCheck.UNCHECKED);
        assertThat(check(Form.STREAMED, null, null)).isEqualTo(DigestCheck.UNCHECKED);
        assertThat(check(Form.NONE, BODY, Digest.of(BODY))).isEqualTo(DigestCheck.DIFFERS);
        assertThat(check(Form.STREAMED, BODY, null)).isEqualTo(DigestCheck.DIFFERS);
    }

    private static DigestCheck check(Form form, @Nullable Buffer bytes, @Nullable Digest digest) {
        return DigestCheck.of(Exchanges.intent("r1", new RecordedBody(form, bytes, digest)));
    }
}
