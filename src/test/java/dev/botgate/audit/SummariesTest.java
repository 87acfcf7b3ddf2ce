package dev.botgate.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.exchange.Reply;
import dev.botgate.exchange.ReplyBody;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SummariesTest {

    @Nested
    class ActivitySummaryTest {
        private static final String ACTIVITY =
                "{\"type\":\"message\",\"channelId\":\"msteams\",\"from\":{\"name\":\"Bot\","
                        + "\"id\":\"28:bot\"},\"recipient\":{\"id\":\"29:\\u00e4nn\",\"properties\":{\"id\":\"x\"}},"
                        + "\"value\":{\"text\":\"no\",\"recipient\":{\"id\":\"no\"}},\"text\":\"hi \\\"you\\\"\"}";
        private static final ActivitySummary FACTS =
                new ActivitySummary("hi \"you\"", "28:bot", "29:\u00e4nn", "msteams");

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
            assertThat(ActivitySummary.of("SendToConversation", null).recipient())
                    .isNull();
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

    @Nested
    class ReplySummaryTest {

        @Test
        void theNamesOfTheTopLevelAreFound() {
            ReplySummary facts = ReplySummary.of(Exchanges.reply(
                    201, "{\"a\":{\"id\":\"inner\"},\"l\":[{\"id\":1}],\"activityId\":\"act\",\"id\":\"19:new\"}"));

            assertThat(facts).isEqualTo(new ReplySummary("19:new", "act", null));
        }

        @Test
        void theCodeOfAnErrorIsFound() {
            ReplySummary facts = ReplySummary.of(
                    Exchanges.reply(403, "{\"error\":{\"innerHttpError\":{\"code\":\"x\"},\"code\":\"Forbidden\"}}"));

            assertThat(facts).isEqualTo(new ReplySummary(null, null, "Forbidden"));
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "[]", "7", "{\"id\":7}", "<html>", "{\"other\":1", "\u0000"})
        void whatTellsNothing_isNoFailure(String body) {
            assertThat(ReplySummary.of(Exchanges.reply(200, body))).isEqualTo(new ReplySummary(null, null, null));
        }

        @Test
        void whenTheReplyIsCut_whatCameBeforeCounts() {
            assertThat(ReplySummary.of(Exchanges.reply(200, "{\"id\":\"1\",\"activi")))
                    .isEqualTo(new ReplySummary("1", null, null));
        }

        @ParameterizedTest
        @ValueSource(strings = {"gzip", "GZIP", "x-gzip", "deflate", "raw deflate"})
        void aCompressedReplyIsDecoded(String encoding) throws IOException {
            byte[] bytes = compressed("{\"id\":\"1:x\"}", encoding);

            assertThat(ReplySummary.of(encoded(bytes, encoding.replace("raw ", ""))))
                    .isEqualTo(new ReplySummary("1:x", null, null));
        }

        @Test
        void whenTheEncodingIsUnknownOrBroken_nothingIsFound() {
            byte[] plain = "{\"id\":\"1\"}".getBytes(StandardCharsets.UTF_8);

            assertThat(ReplySummary.of(encoded(plain, "br")).id()).isNull();
            assertThat(ReplySummary.of(encoded(plain, "gzip")).id()).isNull();
        }

        @Test
        void aReplyThatExpandsWithoutEnd_isReadToABound() throws IOException {
            byte[] bomb = compressed("{\"pad\":[" + "0,".repeat(4_000_000) + "0],\"id\":\"late\"}", "gzip");

            assertThat(ReplySummary.of(encoded(bomb, "gzip")).id()).isNull();
        }

        private static Reply encoded(byte[] bytes, String encoding) {
            MultiMap headers = MultiMap.caseInsensitiveMultiMap().add("Content-Encoding", encoding);
            return new Reply(200, "OK", headers, new ReplyBody.Whole(Buffer.buffer(bytes)));
        }

        private static byte[] compressed(String text, String encoding) throws IOException {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (OutputStream out = encoding.contains("deflate")
                    ? new DeflaterOutputStream(bytes, new Deflater(6, encoding.startsWith("raw")))
                    : new GZIPOutputStream(bytes)) {
                out.write(text.getBytes(StandardCharsets.UTF_8));
            }
            return bytes.toByteArray();
        }
    }
}
