package dev.botgate.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.botgate.admin.ExportFormat;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextTableTest {
    private static final String THREAD = "19:0a1b2c3d4e5f60718293a4b5c6d7e8f9@thread.tacv2;messageid=1616990032035";

    @ParameterizedTest
    @CsvSource({
        "abc, 3",
        "会話-1, 6",
        "ｱｲｳ, 3",
        "ＡＢ, 4",
        "한글, 4",
        "✅⭐, 4",
        "😀, 2",
        "🇯🇵, 2",
        "e\u0301, 1",
        "か\u3099, 2",
        "'', 0"
    })
    void aTextIsAsWideAsATerminalShowsIt(String text, int width) {
        assertThat(TextTable.width(text)).isEqualTo(width);
    }

    @ParameterizedTest
    @ValueSource(ints = {76, 80, 120, 200, 400})
    void noLineIsLonger_andColumnsAreInOnePlace_whateverTheIds(int width) {
        List<String> lines = table(width);

        assertThat(lines).allSatisfy(line -> assertThat(TextTable.width(line)).isLessThanOrEqualTo(width));
        int perRow = lines.size() / 4;
        assertThat(lines).hasSize(4 * perRow);
        for (String title : List.of("WHEN", "NAME", "CONVERSATION", "LAST")) {
            int line = indexOf(lines, title);
            int place =
                    TextTable.width(lines.get(line).substring(0, lines.get(line).indexOf(title)));
            for (int row = 1; row < 4; row++) {
                String cells = lines.get(row * perRow + line);
                int before = 0;
                while (TextTable.width(cells.substring(0, before)) < place) {
                    before++;
                }
                assertThat(cells.substring(0, before)).as(title).matches("|.* ");
                assertThat(TextTable.width(cells.substring(0, before))).isEqualTo(place);
                assertThat(cells.charAt(before)).as(title).isNotEqualTo(' ');
            }
        }
    }

    @Test
    void whereThereIsRoom_aRowIsOneLine() {
        assertThat(table(Terminal.UNLIMITED)).hasSize(4).element(1).asString().contains(THREAD);
    }

    @Test
    void whereThereIsNoRoom_valuesAreWholeAllTheSame() {
        assertThat(table(20)).hasSize(16).anyMatch(line -> line.strip().equals(THREAD));
    }

    @Test
    void controlCharacters_areReplaced() {
        TextTable table = new TextTable("A");
        table.add("a\u001b[2Jb\u202ec");

        assertThat(printed(table, 80)).containsExactly("A", "a?[2Jb?c");
    }

    @Test
    void anEmptyColumn_isLeftOut_andAnEmptyCellIsADash() {
        TextTable table = new TextTable("A", "B", "C");
        table.add("1", "", "");
        table.add("2", "", "x");

        assertThat(printed(table, 80)).containsExactly("A  C", "1  -", "2  x");
    }

    @Test
    void theWidthIsThatOfColumns_andElsewhereThereIsNone() {
        assertThat(Terminal.width("132", false)).isEqualTo(132);
        assertThat(Terminal.width("wide", false)).isEqualTo(Terminal.UNLIMITED);
        assertThat(Terminal.width(null, false)).isEqualTo(Terminal.UNLIMITED);
        assertThat(Terminal.width(null, true)).isBetween(1, 99_999);
    }

    private static List<String> table(int width) {
        TextTable table = new TextTable("WHEN", "NAME", "CONVERSATION", "LAST");
        table.add("2026-11-30T12:00:00.123Z", "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9", THREAD, "x");
        table.add("2026-11-30T12:00:00.123Z", "注文ボット🤖", "会話-1", "");
        table.add("2026-11-30T12:00:00.123Z", "", "注文ボット注文ボット注文ボット注文ボット注文ボット", "y");
        return printed(table, width);
    }

    private static List<String> printed(TextTable table, int width) {
        StringWriter out = new StringWriter();
        table.print(width, new PrintWriter(out));
        return out.toString().lines().toList();
    }

    private static int indexOf(List<String> lines, String part) {
        int index = 0;
        while (!lines.get(index).contains(part)) {
            index++;
        }
        return index;
    }

    @Nested
    class ExportTailTest {
        @TempDir
        Path directory;

        @Test
        void ofCsv_recordsEndOutsideQuotes() throws IOException {
            String whole = "id,text\r\n1,\"a \"\"quote\"\"\r\nand a line\"\r\n";

            assertThat(cut(ExportFormat.CSV, whole)).isEqualTo(whole);
            assertThat(cut(ExportFormat.CSV, whole + "2,\"torn\r\nwithin quotes\r\n"))
                    .isEqualTo(whole);
            assertThat(cut(ExportFormat.CSV, whole + "2,torn")).isEqualTo(whole);
            assertThat(cut(ExportFormat.CSV, whole + "2,torn\r")).isEqualTo(whole);
        }

        @Test
        void ofNdjson_recordsEndWithALine() throws IOException {
            assertThat(cut(ExportFormat.NDJSON, "{}\n{\"a\":\"")).isEqualTo("{}\n");
            assertThat(cut(ExportFormat.NDJSON, "{}\n{}\n")).isEqualTo("{}\n{}\n");
            assertThat(cut(ExportFormat.NDJSON, "")).isEmpty();
        }

        @Test
        void withoutAWholeRecord_nothingIsRemoved() {
            assertThatThrownBy(() -> cut(ExportFormat.NDJSON, "notes of mine"))
                    .hasMessageContaining("expected: an export");
            assertThat(directory.resolve("export")).hasContent("notes of mine");
        }

        private String cut(ExportFormat format, String content) throws IOException {
            Path file = Files.writeString(directory.resolve("export"), content);
            long bytes = AuditExport.removeTornLine(file, format);
            String left = Files.readString(file);
            assertThat(bytes).isEqualTo(content.length() - left.length());
            return left;
        }
    }
}
