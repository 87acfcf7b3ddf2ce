package dev.botgate.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ActivitySummaryTest {
    private static final String ACTIVITY = "{\"type\":\"message\",\"channelId\":\"msteams\",\"from\":{\"name\":\"Bot\","
            + "\"id\":\"28:bot\"},\"recipient\":{\"id\":\"29:\\u00e4nn\",\"properties\":{\"id\":\"x\"}},"
            + "\"value\":{\"text\":\"no\",\"recipient\":{\"id\":\"no\"}},\"text\":\"hi \\\"you\\\"\"}";
    private static final ActivitySummary FACTS = new ActivitySummary("hi \"you\"", "28:bot", "29:\u00e4nn", "msteams");

    @Test
    void anActivityTellsTextSenderRecipientAndChannel() {
        assertThat(of("SendToConversation", ACTIVITY)).isEqualTo(FACTS);
        assertThat(of("other", ACTIVITY)).isEqualTo(FACTS);
        assertThat(of("CreateConversation", "{\"text\":\"no\",\"activity\":" + ACTIVITY + ",\"isGroup\":false}"))
                .isEqualTo(FACTS);
    }

    @Test
    void theRecipientAloneIsTheSame() {
        assertThat(ActivitySummary.recipient("ReplyToActivity", Buffer.buffer(ACTIVITY)))
                .isEqualTo("29:\u00e4nn");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"Recipient\":{\"ID\":\"a\"}}|a",
                "{\"recipient\":{\"id\":\"a\"},\"RECIPIENT\":{\"id\":\"b\",\"Id\":\"c\"}}|c",
                "{\"recipient\":{\"id\":\"a\"},\"text\":\"cut o|a",
                "{\"recipient\":{\"id\":7}}|",
                "{\"recipient\":\"a\"}|",
                "{\"recipient\":[{\"id\":\"a\"}]}|",
                "{\"recipient\":null}|",
                "[{\"recipient\":{\"id\":\"a\"}}]|",
                "{\"activity\":{\"recipient\":{\"id\":\"a\"}}}|",
                "<Activity/>|"
            })
    void aRecipientIsReadAsConnectorsReadIt(String body, @Nullable String recipient) {
        assertThat(of("UpdateActivity", body).recipient()).isEqualTo(recipient);
    }

    @Test
    void historiesAndAttachmentsHaveNone_norHasALongId() {
        assertThat(of("SendConversationHistory", ACTIVITY).recipient()).isNull();
        assertThat(of("UploadAttachment", ACTIVITY).recipient()).isNull();
        assertThat(ActivitySummary.of("SendToConversation", null).recipient()).isNull();
        String id = "x".repeat(1_024);
        assertThat(of("SendToConversation", "{\"recipient\":{\"id\":\"" + id + "\"}}")
                        .recipient())
                .isEqualTo(id);
        assertThat(of("SendToConversation", "{\"recipient\":{\"id\":\"" + id + "x\"}}")
                        .recipient())
                .isNull();
    }

    private static ActivitySummary of(String operation, String body) {
        return ActivitySummary.of(operation, Buffer.buffer(body));
    }
}
