package dev.botgate.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.audit.RedactionSettings;
import dev.botgate.gateway.UnmatchedPointers.Stray;
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
    void whatAnActivityCanHave_isNoStray(String pointer) {
        assertThat(strays("SendToConversation", pointer)).isEmpty();
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
    void whatAnActivityCannotHave_isNamedWithTheNearestField(String pointer, String nearest) {
        assertThat(strays("SendToConversation", pointer))
                .containsExactly(new Stray(pointer, "SendToConversation", Optional.of(nearest)));
    }

    @Test
    void whatIsMeantForAll_mustBeKnownSomewhere() {
        List<Stray> strays = UnmatchedPointers.of(
                new RedactionSettings(
                        List.of("/originalBase64", "/activities/*/text", "/activity/text", "/activity/txt"), Map.of()),
                SCHEMA);

        assertThat(strays).containsExactly(new Stray("/activity/txt", "all", Optional.of("/activity/text")));
    }

    @Test
    void operationsWithoutABody_haveNoField_andOfOthersNobodyKnows() {
        assertThat(strays("deleteactivity", "/text"))
                .containsExactly(new Stray("/text", "DeleteActivity", Optional.empty()));
        assertThat(strays("other", "/whatever")).isEmpty();
    }

    private static List<Stray> strays(String operation, String pointer) {
        return UnmatchedPointers.of(new RedactionSettings(List.of(), Map.of(operation, List.of(pointer))), SCHEMA);
    }
}
