package dev.botgate.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.audit.Attempt;
import dev.botgate.audit.Close;
import dev.botgate.audit.Entry;
import dev.botgate.audit.Exchanges;
import dev.botgate.audit.Intent;
import dev.botgate.audit.Outcome;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EntryCsvTest {
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
                "a,b|\"a,b\"",
                "say \"x\"|\"say \"\"x\"\"\"",
                "a;b|\"a;b\""
            })
    void valuesAreQuoted_andNeverFormulas(String requestId, String written) {
        assertThat(line(requestId)).contains("," + written + ",SendToConversation,");
    }

    @Test
    void lineBreaksStayInsideTheirCell() {
        assertThat(line("a\nb\r\n=c")).contains(",\"a\nb\r\n=c\",");
        assertThat(line("\rx")).contains(",\"'\rx\",");
        assertThat(line("\n=x")).contains(",\"'\n=x\",");
        assertThat(line("\tx")).contains(",\"'\tx\",");
    }

    @Test
    void everyLineHasAsManyCellsAsTheHead() {
        String head = ExportFormat.CSV.head().toString();

        assertThat(head).startsWith("id,at,state,").endsWith("\r\n");
        Intent open = Exchanges.intent("r1");
        String line = ExportFormat.CSV.encode(List.of(new Entry(open, null))).toString();
        assertThat(line.replaceAll("\"([^\"]|\"\")*\"", "quoted").split(",", -1))
                .hasSameSizeAs(head.split(",", -1));
    }

    @Test
    void severalAttempts_andWhatCameLate_areInTheLine() {
        Intent intent = Exchanges.intent("r1");
        Attempt attempt = new Attempt(
                intent.exchange(), 1, Instant.parse("2031-01-02T03:04:05Z"), 503, null, Duration.ofMillis(7));
        Outcome outcome = Exchanges.outcome(intent, Close.UNKNOWN);
        Outcome late = Exchanges.outcome(intent, Close.SUCCEEDED);
        Entry entry = new Entry(intent, outcome, List.of(attempt), List.of(late));

        String line = ExportFormat.CSV.encode(List.of(entry)).toString();

        assertThat(line)
                .contains(
                        "\"[{\"\"number\"\":1,\"\"at\"\":\"\"2031-01-02T03:04:05Z\"\",\"\"latencyMicros\"\":7000,\"\"status\"\":503}]\"")
                .contains("\"[{\"\"close\"\":\"\"succeeded\"\"");
        JsonObject json = new JsonObject(ExportFormat.NDJSON.encode(List.of(entry)));
        assertThat(json.getJsonArray("attempts").getJsonObject(0).getInteger("status"))
                .isEqualTo(503);
        assertThat(json.getJsonArray("late").getJsonObject(0).getString("close"))
                .isEqualTo("succeeded");
        assertThat(json.getJsonArray("late").getJsonObject(0).getString("boot"))
                .isEqualTo(late.recordedBy().boot().toString());
    }

    private static String line(String requestId) {
        Intent intent = Exchanges.intent(requestId);
        return ExportFormat.CSV
                .encode(List.of(new Entry(intent, Exchanges.outcome(intent, Close.SUCCEEDED))))
                .toString();
    }
}
