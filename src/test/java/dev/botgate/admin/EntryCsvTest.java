package dev.botgate.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.botgate.audit.Attempt;
import dev.botgate.audit.AuditEntry;
import dev.botgate.audit.Exchanges;
import dev.botgate.audit.Intent;
import dev.botgate.audit.Outcome;
import dev.botgate.audit.OutcomeStatus;
import dev.botgate.audit.RecordedBody;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EntryCsvTest {
    private static final Map<String, String> NAMES = Map.of("28:bot", "=Orders");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "plain|plain",
                "=HYPERLINK()|'=HYPERLINK()",
                "+1|'+1",
                "-1|'-1",
                "@SUM(1,2)|\"'@SUM(1,2)\"",
                "\uff1d1|'\uff1d1",
                "\uff201|'\uff201",
                "'=1|''=1",
                "` =1`|' =1",
                "\u00a0=1|'\u00a0=1",
                "\ufeff=1|'\ufeff=1",
                "a=1|a=1",
                "a,b|\"a,b\"",
                "say \"x\"|\"say \"\"x\"\"\"",
                "a;b|\"a;b\""
            })
    void valuesAreQuoted_andFormulasAreEscaped(String requestId, String written) {
        assertThat(line(requestId)).contains("," + written + ",SendToConversation,");
    }

    @Test
    void lineBreaksStayWithinTheirCell() {
        assertThat(line("a\nb\r\n=c")).contains(",\"a\nb\r\n=c\",");
        assertThat(line("\rx")).contains(",\"'\rx\",");
        assertThat(line("\n=x")).contains(",\"'\n=x\",");
        assertThat(line("\tx")).contains(",\"'\tx\",");
        assertThat(line("\u0000@x")).contains(",'\u2400@x,");
    }

    @Test
    void textSenderRecipientAndChannel_haveTheirOwnColumns() {
        String body = "{\"channelId\":\"msteams\",\"from\":{\"id\":\"28:bot\"},\"recipient\":{\"id\":\"29:ann\"},"
                + "\"text\":\"=1+1, \\\"you\\\"\"}";
        Map<String, String> cells = cells(sending(body));

        assertThat(cells)
                .containsEntry("channel", "msteams")
                .containsEntry("sender", "28:bot")
                .containsEntry("recipient", "29:ann")
                .containsEntry("text", "'=1+1, \"you\"")
                .containsEntry("body_text", body);
    }

    @Test
    void withoutTheBody_theRecordedRecipientIsShown() {
        Intent intent = sending("29:ann", new RecordedBody(RecordedBody.Form.WHOLE, null, null));

        assertThat(cells(intent))
                .containsEntry("recipient", "29:ann")
                .containsEntry("text", "")
                .containsEntry("sender", "")
                .containsEntry("channel", "");
    }

    @Test
    void aConfiguredBotName_hasItsOwnColumn() {
        assertThat(cells(Exchanges.intent("r1"))).containsEntry("bot", "28:bot").containsEntry("bot_name", "'=Orders");
        assertThat(cells(Exchanges.intent("r1", new RecordedBody(RecordedBody.Form.NONE, null, null))))
                .containsEntry("bot_name", "");
    }

    @Test
    void aBinaryBodyIsTheSameInBothFormats() {
        Intent intent = Exchanges.intent(
                "r1",
                new RecordedBody(
                        RecordedBody.Form.WHOLE, Buffer.buffer(new byte[] {(byte) 0xff, (byte) 0xfe, 0x3e}), null));
        Buffer ndjson = ExportFormat.NDJSON.encode(List.of(new AuditEntry(intent, null)), NAMES);

        assertThat(cells(intent)).containsEntry("body_base64", "//4+").containsEntry("body_text", "");
        assertThat(new JsonObject(ndjson).getJsonObject("body").getString("base64"))
                .isEqualTo("//4+");
    }

    @Test
    void csvBeginsWithAByteOrderMark_ifRequested_unlessContinued() {
        String after = "019a8e6e-5a01-7c1b-9d6f-0c9f0a2b8d11";

        assertThat(head(Map.of("format", "csv", "bom", "true"))).startsWith("\ufeffid,at,state,");
        assertThat(head(Map.of("format", "csv", "bom", "false"))).startsWith("id,at,state,");
        assertThat(head(Map.of("format", "csv"))).startsWith("id,at,state,");
        assertThat(head(Map.of("format", "csv", "bom", "true", "after", after))).isEmpty();
        assertThatThrownBy(() -> head(Map.of("bom", "true"))).hasMessage("bom: true (expected: with format csv)");
    }

    @Test
    void eachLineHasAsManyCellsAsTheHeader() {
        String head = ExportFormat.CSV.head().toString();

        assertThat(head).startsWith("id,at,state,").endsWith("\r\n");
        Intent open = Exchanges.intent("r1");
        String line = ExportFormat.CSV
                .encode(List.of(new AuditEntry(open, null)), NAMES)
                .toString();
        assertThat(line.replaceAll("\"([^\"]|\"\")*\"", "quoted").split(",", -1))
                .hasSameSizeAs(head.split(",", -1));
    }

    @Test
    void attemptsAndLateOutcomes_areInTheLine() {
        Intent intent = Exchanges.intent("r1");
        Attempt attempt = new Attempt(
                intent.exchange(), 1, Instant.parse("2031-01-02T03:04:05Z"), 503, null, Duration.ofMillis(7));
        Outcome outcome = Exchanges.outcome(intent, OutcomeStatus.UNKNOWN);
        Outcome late = Exchanges.outcome(intent, OutcomeStatus.SUCCEEDED);
        AuditEntry entry = new AuditEntry(intent, outcome, List.of(attempt), List.of(late));

        String line = ExportFormat.CSV.encode(List.of(entry), NAMES).toString();

        assertThat(line)
                .contains(
                        "\"[{\"\"number\"\":1,\"\"at\"\":\"\"2031-01-02T03:04:05Z\"\",\"\"latencyMicros\"\":7000,\"\"status\"\":503}]\"")
                .contains("\"[{\"\"closedAs\"\":\"\"succeeded\"\"");
        JsonObject json = new JsonObject(ExportFormat.NDJSON.encode(List.of(entry), NAMES));
        assertThat(json.getJsonArray("attempts").getJsonObject(0).getInteger("status"))
                .isEqualTo(503);
        assertThat(json.getJsonArray("late").getJsonObject(0).getString("closedAs"))
                .isEqualTo("succeeded");
        assertThat(json.getJsonArray("late").getJsonObject(0).getString("run"))
                .isEqualTo(late.recordedBy().runId().toString());
    }

    private static String head(Map<String, String> parameters) {
        return ExportParameters.of(parameters).head().toString();
    }

    private static Intent sending(String body) {
        return sending(null, new RecordedBody(RecordedBody.Form.WHOLE, Buffer.buffer(body), null));
    }

    private static Intent sending(@Nullable String recipient, RecordedBody body) {
        Intent like = Exchanges.intent("r1");
        return new Intent(
                like.exchange(),
                like.requestId(),
                like.operation(),
                like.method(),
                like.uri(),
                like.upstream(),
                like.bot(),
                like.tenant(),
                like.verified(),
                like.conversation(),
                like.activity(),
                like.member(),
                recipient,
                like.sourceMediaType(),
                body);
    }

    /** The CSV line of an entry with this intent, parsed by RFC 4180: column name to cell. */
    private static Map<String, String> cells(Intent intent) {
        List<String> names = cells(ExportFormat.CSV.head().toString());
        List<String> values = cells(ExportFormat.CSV
                .encode(List.of(new AuditEntry(intent, null)), NAMES)
                .toString());
        assertThat(values).hasSameSizeAs(names);
        Map<String, String> cells = new HashMap<>();
        for (int i = 0; i < names.size(); i++) {
            cells.put(names.get(i), values.get(i));
        }
        return cells;
    }

    private static List<String> cells(String line) {
        return Pattern.compile("(?:\"((?:[^\"]|\"\")*)\"|([^,\r\n]*))(?:,|\r\n)")
                .matcher(line)
                .results()
                .map(cell ->
                        cell.group(1) == null ? cell.group(2) : cell.group(1).replace("\"\"", "\""))
                .toList();
    }

    private static String line(String requestId) {
        Intent intent = Exchanges.intent(requestId);
        return ExportFormat.CSV
                .encode(List.of(new AuditEntry(intent, Exchanges.outcome(intent, OutcomeStatus.SUCCEEDED))), NAMES)
                .toString();
    }
}
