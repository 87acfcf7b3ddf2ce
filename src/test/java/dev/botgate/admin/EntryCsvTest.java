package dev.botgate.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.audit.Close;
import dev.botgate.audit.Entry;
import dev.botgate.audit.Exchanges;
import dev.botgate.audit.Intent;
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

    private static String line(String requestId) {
        Intent intent = Exchanges.intent(requestId);
        return ExportFormat.CSV
                .encode(List.of(new Entry(intent, Exchanges.outcome(intent, Close.SUCCEEDED))))
                .toString();
    }
}
