package dev.botgate.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.botgate.admin.ExportFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
        assertThatThrownBy(() -> cut(ExportFormat.NDJSON, "notes of mine")).hasMessageContaining("expected: an export");
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
