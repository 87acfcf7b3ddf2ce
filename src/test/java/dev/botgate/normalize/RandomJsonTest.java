package dev.botgate.normalize;

import static dev.botgate.normalize.TestBodies.SETTINGS;
import static dev.botgate.normalize.TestBodies.refusalOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.exchange.JsonStrings;
import dev.botgate.exchange.Payload;
import dev.botgate.normalize.json.JsonChecker;
import dev.botgate.schema.Schema;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random activities in every notation that RFC 8259 allows. */
class RandomJsonTest {
    private static final Schema SCHEMA = Schema.connector();
    private static final MultiMap JSON = MultiMap.caseInsensitiveMultiMap().add("Content-Type", "application/json");
    private static final List<String> SPACES = List.of("", "", "", " ", "\n", "\r\n", "\t", "  \n ");
    private static final List<String> TEXTS = List.of(
            "",
            "a",
            "ä",
            "😀",
            "\\n",
            "\\u0000",
            "\\ud83d\\ude00",
            "\\uD800",
            "\\/",
            "\\\"",
            "{}",
            "[",
            "//",
            "\u007f",
            "\u2028");
    private static final List<String> NUMBERS =
            List.of("0", "-0", "1", "-12.50", "1e9", "1E+400", "-1.0e-999", "9".repeat(300), "0.1");

    private final JsonChecker checker = new JsonChecker(SETTINGS.jsonLimits(), SCHEMA, "Activity");

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void validJson_passesByteForByte(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 400; i++) {
            Written json = new Written(random);
            Buffer body = Buffer.buffer(json.text.toString());

            Payload.Whole payload = BodyReader.of(JSON)
                    .read(body.copy(), "Activity", SETTINGS.maximumBodyBytes(), SETTINGS, SCHEMA, checker);

            assertThat(payload.bytes()).as("seed %d, body %d", seed, i).isEqualTo(body);
            assertThat(payload.serviceUrls())
                    .as("seed %d, body %d: %s", seed, i, json.text)
                    .extracting(JsonStrings.Span::value)
                    .isEqualTo(json.serviceUrls);
            for (JsonStrings.Span url : payload.serviceUrls()) {
                assertThat(body.getString(url.start(), url.end())).isEqualTo("\"" + url.value() + "\"");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {6, 7, 8})
    void aTruncatedBody_isRefused(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 200; i++) {
            String json = new Written(random).text.toString();
            Buffer body = Buffer.buffer(json.stripTrailing());
            Buffer cut = body.getBuffer(0, random.nextInt(body.length()));

            assertThat(refusalOf(() -> checker.check(cut))).startsWith("line ");
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {9, 10})
    void trailingData_isRefused(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 200; i++) {
            Buffer longer = Buffer.buffer(new Written(random).text
                    + List.of("}", "]", ",", "0", "{}", "\"").get(i % 6));

            assertThat(refusalOf(() -> checker.check(longer))).contains("there is data after the value");
        }
    }

    /** An activity as text, with the service URLs at their places in the schema. */
    private static final class Written {
        private final Random random;
        private final StringBuilder text = new StringBuilder();
        private final List<String> serviceUrls = new ArrayList<>();

        Written(Random random) {
            this.random = random;
            if (random.nextInt(4) == 0) {
                text.append('\uFEFF');
            }
            space();
            activity();
            space();
        }

        private void activity() {
            text.append('{');
            int members = random.nextInt(20);
            for (int i = 0; i < members; i++) {
                member("n" + i);
                value(0);
                comma(true);
            }
            if (random.nextBoolean()) {
                member(any(List.of("serviceUrl", "ServiceUrl", "service\\u0055rl")));
                serviceUrl();
                comma(true);
            }
            if (random.nextBoolean()) {
                member("relatesTo");
                text.append('{');
                member("serviceUrl");
                serviceUrl();
                text.append('}');
                comma(true);
            }
            member("channelData");
            text.append("{\"serviceUrl\":\"not this one\"}");
            space();
            text.append('}');
        }

        private void serviceUrl() {
            String url = "https://gate.example/ä" + random.nextInt(100);
            text.append('"').append(url).append('"');
            serviceUrls.add(url);
            space();
        }

        private void member(String name) {
            space();
            text.append('"').append(name).append('"');
            space();
            text.append(':');
            space();
        }

        private void value(int depth) {
            int kind = random.nextInt(depth > 6 ? 4 : 6);
            switch (kind) {
                case 0 -> text.append(any(NUMBERS));
                case 1 -> text.append(any(List.of("true", "false", "null")));
                case 2, 3 ->
                    text.append('"').append(any(TEXTS)).append(any(TEXTS)).append('"');
                default -> {
                    int size = random.nextInt(5);
                    text.append(kind == 4 ? '[' : '{');
                    for (int i = 0; i < size; i++) {
                        if (kind == 5) {
                            member(any(TEXTS) + i);
                        }
                        space();
                        value(depth + 1);
                        space();
                        comma(i < size - 1);
                    }
                    space();
                    text.append(kind == 4 ? ']' : '}');
                }
            }
        }

        private void comma(boolean wanted) {
            if (wanted) {
                text.append(',');
            }
            space();
        }

        private void space() {
            text.append(any(SPACES));
        }

        private String any(List<String> choices) {
            return choices.get(random.nextInt(choices.size()));
        }
    }
}
