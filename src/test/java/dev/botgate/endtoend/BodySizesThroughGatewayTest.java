package dev.botgate.endtoend;

import static dev.botgate.endtoend.GatewayTestBase.JSON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.testing.Raw;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The largest bodies of the operations, by the packaged settings. */
class BodySizesThroughGatewayTest extends GatewayTestBase {
    private static final int MIB = 1 << 20;
    private static final String BEGINNING = "{\"activities\":[{\"type\":\"message\"}],\"type\":\"";
    private static final String END = "\"}";

    @ParameterizedTest
    @CsvSource({
        "/sandbox/v3/conversations/c/activities, 4, 201",
        "/sandbox/v3/conversations/c/attachments, 16, 201",
        "/sandbox/v3/conversations/c/activities/history, 16, 200"
    })
    void aBodyOfTheMaximum_passes_andOneByteMoreIsRefused(String path, int mebibytes, int status) {
        String largest = BEGINNING + "x".repeat(mebibytes * MIB - BEGINNING.length() - END.length()) + END;

        assertThat(ask("POST " + path, largest, JSON).status()).isEqualTo(status);
        Raw.Reply refused = ask("POST " + path, largest + " ", JSON);

        assertThat(refused.status()).isEqualTo(413);
        assertThat(code(refused)).isEqualTo("BodyTooLarge");
    }
}
