package dev.botgate.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.audit.AuditEntry;
import dev.botgate.audit.Exchanges;
import dev.botgate.audit.RecordedBody;
import dev.botgate.audit.RecordedBody.Form;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;

class EntryJsonTest {
    @Test
    void aBodyOfMoreThan20MillionCharacters_isShown() {
        Buffer body = Buffer.buffer("a".repeat(20_000_001));

        assertThat(shown(body).getString("text")).hasSize(20_000_001);
    }

    @Test
    void aBodyIsTextWhereItIsUtf8_elseBase64() {
        assertThat(shown(Buffer.buffer("h\u00e4, \uD83D\uDE00")).getString("text"))
                .isEqualTo("h\u00e4, \uD83D\uDE00");
        JsonObject binary = shown(Buffer.buffer(new byte[] {(byte) 0xff, (byte) 0xfe}));
        assertThat(binary.getString("text")).isNull();
        assertThat(binary.getString("base64")).isEqualTo("//4=");
    }

    @Test
    void theLinesOfAnExport_equalTheJsonOfEachEntry() {
        List<AuditEntry> entries =
                List.of(new AuditEntry(Exchanges.intent("one\n"), null), new AuditEntry(Exchanges.intent("two"), null));

        assertThat(EntryJson.lines(entries).toString().lines().map(JsonObject::new))
                .isEqualTo(entries.stream().map(EntryJson::of).toList());
    }

    private static JsonObject shown(Buffer body) {
        RecordedBody recorded = new RecordedBody(Form.WHOLE, body, null);
        return EntryJson.of(new AuditEntry(Exchanges.intent("r1", recorded), null))
                .getJsonObject("body");
    }
}
