package dev.botgate.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.failure.SettingCheck;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class BinderTest {
    private final List<ConfigurationException.Problem> problems = new ArrayList<>();

    record Everything(
            double share,
            long count,
            @Nullable Duration delay,
            List<String> names,
            Map<String, Integer2> limits,
            Map<String, String> labels,
            List<Integer2> windows,
            @Nullable Integer2 inner) {}

    record Integer2(int value, @Nullable String apiKey) {
        Integer2 {
            SettingCheck.between("value", value, 0, 9);
            if (apiKey != null && apiKey.length() < 3) {
                throw SettingCheck.refused("api-key", apiKey, "three characters or more");
            }
        }
    }

    record Boxed(@Nullable Integer many, @Nullable Long most, @Nullable Boolean truth, @Nullable Double share) {}

    record Size(int maximumBytes, long otherBytes) {}

    @Test
    void aNullableNumber_isBoundLikeAnyOther() {
        Optional<Object> given = bind(Boxed.class, "{ many: 3, most: 4, truth: true, share: 0.5 }", null);
        Optional<Object> none = bind(Boxed.class, "{ many: null }", null);

        assertThat(problems).isEmpty();
        assertThat(given).contains(new Boxed(3, 4L, true, 0.5));
        assertThat(none).contains(new Boxed(null, null, null, null));
    }

    @Test
    void aNullableNumber_mustBeANumber() {
        Optional<Object> bound = bind(Boxed.class, "{ many: 3.5 }", null);

        assertThat(bound).isEmpty();
        assertThat(problems).singleElement().satisfies(problem -> assertThat(problem.toString())
                .contains("many: 3.5 (expected: a whole number)"));
    }

    @Test
    void everyKindOfComponent_isBound() {
        String text =
                """
                share: 0.25
                count: -7
                delay: PT0.5S
                names: [a, 'null', 007]
                limits: { x: { value: 1 }, y: { value: 2, api-key: "abc" } }
                labels: { Any Name: text, other: null }
                windows: [{ value: 3 }]
                """;

        Optional<Object> bound = bind(Everything.class, text, null);

        assertThat(problems).isEmpty();
        assertThat(bound)
                .contains(new Everything(
                        0.25,
                        -7,
                        Duration.ofMillis(500),
                        List.of("a", "null", "007"),
                        Map.of("x", new Integer2(1, null), "y", new Integer2(2, "abc")),
                        Map.of("Any Name", "text"),
                        List.of(new Integer2(3, null)),
                        null));
    }

    @Test
    void anchorsAndMergeKeys_areResolved() {
        assertThat(bind(Integer2.class, "<<: &base { value: 4 }\napi-key: &x abcd\n", null))
                .contains(new Integer2(4, "abcd"));
    }

    @Test
    void anAliasOfItself_isAProblem() {
        assertThat(bind(Everything.class, "share: 1\nnames: &n [*n]\n", null)).isEmpty();
        assertThat(messages()).anyMatch(message -> message.contains("an alias of a value that contains it"));
    }

    @Test
    void aProblemInAList_hasItsPlaceThere() {
        String text =
                "share: x\ncount: 1.5\ndelay: soon\nnames: a\nlimits: []\nlabels: {}\nwindows:\n  - value: 1\n  - value: 11\n";

        assertThat(bind(Everything.class, text, null)).isEmpty();
        assertThat(messages())
                .containsExactly(
                        "t:1:1: share: x (expected: a number)",
                        "t:2:1: count: 1.5 (expected: a whole number)",
                        "t:3:1: delay: soon (expected: a duration, such as 500ms, 5s, 2m, 1h, 1d or PT5S)",
                        "t:4:1: names: a (expected: a list)",
                        "t:5:1: limits: a list (expected: a map of names)",
                        "t:9:5: windows[1].value: 11 (expected: 0 to 9)");
    }

    @Test
    void aSecretThatTheRecordRefuses_isNotPrinted() {
        assertThat(bind(Integer2.class, "value: 99\napi-key: zz\n", new Integer2(1, null)))
                .isEmpty();
        assertThat(messages())
                .containsExactly(
                        "t:1:1: value: 99 (expected: 0 to 9)",
                        "t:2:1: api-key: (withheld) (expected: three characters or more)");
    }

    @Test
    void null_isForNullableComponentsOnly() {
        assertThat(bind(Integer2.class, "value:\napi-key:\n", null)).isEmpty();
        assertThat(messages()).containsExactly("t:1:1: value: null (expected: a whole number)");
    }

    @Test
    void sizes_mayHaveUnits() {
        assertThat(bind(Size.class, "maximum-bytes: 64KiB\nother-bytes: 3 GiB\n", null))
                .contains(new Size(65_536, 3L << 30));
        assertThat(bind(Size.class, "maximum-bytes: 3GiB\nother-bytes: 5MB\n", null))
                .isEmpty();
        assertThat(messages())
                .containsExactly(
                        "t:1:1: maximum-bytes: 3GiB (expected: bytes, such as 65536, 64KiB or 16MiB, below 2GiB)",
                        "t:2:1: other-bytes: 5MB (expected: bytes, such as 65536, 64KiB or 16MiB)");
    }

    @Test
    void durations_haveAUnit() {
        ScalarSetting duration = ScalarSetting.of(Duration.class, "wait");

        assertThat(List.of("500ms", "5s", "2m", "1h", "1d", "pt5s").stream()
                        .map(text -> duration.parser().apply(text).orElseThrow()))
                .containsExactly(
                        Duration.ofMillis(500),
                        Duration.ofSeconds(5),
                        Duration.ofMinutes(2),
                        Duration.ofHours(1),
                        Duration.ofDays(1),
                        Duration.ofSeconds(5));
        assertThat(List.of("5", "-5s", "5 s", "", "P", "99999999999999999d").stream()
                        .map(text -> duration.parser().apply(text)))
                .allMatch(Optional::isEmpty);
    }

    private Optional<Object> bind(Class<?> type, String text, @Nullable Object defaults) {
        WrittenValue root = YamlText.parse("t", text, problems).orElseThrow();
        return new Binder(SettingShape.of(type), problems).bind((WrittenValue.Entries) root, defaults);
    }

    private List<String> messages() {
        return problems.stream().map(ConfigurationException.Problem::toString).toList();
    }

    @Nested
    class NearestNameTest {
        @Test
        void aSwap_isOneSlip() {
            assertThat(NearestName.distance("prot", "port")).isEqualTo(1);
            assertThat(NearestName.distance("", "port")).isEqualTo(4);
            assertThat(NearestName.distance("kitten", "sitting")).isEqualTo(3);
        }

        @Test
        void caseAndSeparators_doNotCount() {
            assertThat(NearestName.distance("firstByteTimeout", "first-byte_timeout"))
                    .isZero();
        }

        @Test
        void whatIsTooFar_isNotSuggested() {
            assertThat(NearestName.within("elephant", List.of("host", "port"))).isEmpty();
            assertThat(NearestName.within("prt", List.of("host", "port"))).contains("port");
            assertThat(NearestName.of("elephant", List.of("host", "port"))).isPresent();
        }
    }
}
