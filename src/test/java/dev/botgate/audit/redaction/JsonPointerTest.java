package dev.botgate.audit.redaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonPointerTest {

    /** The examples of RFC 6901 section 5. */
    @Test
    void theExamplesOfTheStandard() {
        assertThat(segments("")).isEmpty();
        assertThat(segments("/foo")).containsExactly("foo");
        assertThat(segments("/foo/0")).containsExactly("foo", "0");
        assertThat(segments("/")).containsExactly("");
        assertThat(segments("/a~1b")).containsExactly("a/b");
        assertThat(segments("/m~0n")).containsExactly("m~n");
        assertThat(segments("/ ")).containsExactly(" ");
        assertThat(segments("/~01")).containsExactly("~1");
        assertThat(segments("/a//b/")).containsExactly("a", "", "b", "");
    }

    @ParameterizedTest
    @CsvSource({
        "text, begins with no slash",
        "#/text, begins with no slash",
        "$.text, begins with no slash",
        "/a~2, has a ~ that is neither ~0 nor ~1",
        "/a~, has a ~ that is neither ~0 nor ~1",
        "/a/-, names with - an element that does not exist"
    })
    void whatIsNone_isRefused(String text, String why) {
        assertThatThrownBy(() -> segments(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("\"" + text + "\" " + why);
    }

    private static List<String> segments(String text) {
        return JsonPointer.of(text).segments();
    }
}
