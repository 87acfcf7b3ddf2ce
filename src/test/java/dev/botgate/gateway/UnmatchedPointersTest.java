package dev.botgate.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.audit.RedactionSettings;
import dev.botgate.gateway.UnmatchedPointers.Unmatched;
import dev.botgate.schema.Schema;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UnmatchedPointersTest {
    private static final Schema SCHEMA = Schema.connector();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/text",
                "/TEXT",
                "/from",
                "/from/name",
                "/*/name",
                "/attachments/*/content",
                "/attachments/0/content/body/0/text",
                "/suggestedActions/actions/*/value",
                "/channelData/tenant/id",
                "/value",
                "/entities/*/mentioned/name",
                "/semanticAction/entities/x/y"
            })
    void aPointerToAFieldOfAnActivity_isNotReported(String pointer) {
        assertThat(unmatched("SendToConversation", pointer)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "/txt, /text",
        "/form, /from",
        "/form/name, /from/name",
        "/attachments/content, /attachments/*/content",
        "/attachments/-1/content, /attachments/*/content",
        "/text/0, /text",
        "/members/*/name, /membersAdded/*/name"
    })
    void aPointerToNoField_isReportedWithTheNearestField(String pointer, String nearest) {
        assertThat(unmatched("SendToConversation", pointer))
                .containsExactly(new Unmatched(pointer, "SendToConversation", Optional.of(nearest)));
    }

    @Test
    void aPointerForAllOperations_mustMatchAFieldOfOne() {
        List<Unmatched> unmatched = UnmatchedPointers.of(
                new RedactionSettings(
                        List.of("/originalBase64", "/activities/*/text", "/activity/text", "/activity/txt"), Map.of()),
                SCHEMA);

        assertThat(unmatched).containsExactly(new Unmatched("/activity/txt", "all", Optional.of("/activity/text")));
    }

    @Test
    void aPointerForAnOperationWithoutBody_isReported_andOneForOtherIsNotChecked() {
        assertThat(unmatched("deleteactivity", "/text"))
                .containsExactly(new Unmatched("/text", "DeleteActivity", Optional.empty()));
        assertThat(unmatched("other", "/whatever")).isEmpty();
    }

    private static List<Unmatched> unmatched(String operation, String pointer) {
        return UnmatchedPointers.of(new RedactionSettings(List.of(), Map.of(operation, List.of(pointer))), SCHEMA);
    }
}
