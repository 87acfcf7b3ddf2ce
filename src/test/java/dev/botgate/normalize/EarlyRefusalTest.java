package dev.botgate.normalize;

import static dev.botgate.normalize.TestBodies.SETTINGS;
import static dev.botgate.normalize.TestBodies.refusalOf;
import static dev.botgate.normalize.TestBodies.resource;
import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.exchange.Payload;
import dev.botgate.failure.GatewayException;
import dev.botgate.normalize.json.JsonChecker;
import dev.botgate.schema.Schema;
import dev.botgate.testing.HostileBody;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An invalid body is refused before its rest arrives. */
class EarlyRefusalTest {
    private static final Schema SCHEMA = Schema.connector();
    private static final int MEBIBYTE = 1 << 20;

    /** Bodies whose error shows only at their end. */
    private static final List<String> REFUSED_AT_THE_END = List.of(
            "json: values",
            "json: one long string without end",
            "json: one long number without end",
            "json: lines",
            "json: escapes",
            "json: one long name with an escape",
            "json: long names with escapes",
            "json: objects of many names",
            "json: names with escapes",
            "json: names",
            "xml: one long name",
            "xml: one long comment",
            "xml: one long instruction",
            "xml: one long text without end",
            "xml: references",
            "xml: spaces",
            "form: percent signs",
            "form: JSON in a field",
            "form: a boolean without end");

    private final JsonChecker checker = new JsonChecker(SETTINGS.jsonLimits(), SCHEMA, "Activity");

    static List<HostileBody> earlyRefused() {
        return HostileBody.all().stream()
                .filter(hostile -> !REFUSED_AT_THE_END.contains(hostile.toString()))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("earlyRefused")
    void anInvalidBody_isRefusedByItsFirstMebibyte(HostileBody hostile) {
        byte[] all = hostile.bytes(16 * MEBIBYTE);
        Buffer beginning = Buffer.buffer(Arrays.copyOf(all, MEBIBYTE));

        Optional<String> early = checkPrefix(type(hostile.format()), beginning);

        assertThat(early).contains(refusalOf(() -> read(type(hostile.format()), Buffer.buffer(all))));
    }

    @ParameterizedTest
    @CsvSource({
        "application/json, activity.data-contract.json",
        "application/xml, activity.data-contract.xml",
        "application/xml, activity.xml-serializer.xml",
        "application/xml, activity.openapi.xml"
    })
    void noPrefixOfAValidBody_isRefused(String type, String name) {
        Buffer whole = resource(name);

        for (int end = 1; end <= whole.length(); end++) {
            assertThat(checkPrefix(type, whole.getBuffer(0, end)))
                    .as("%d bytes", end)
                    .isEmpty();
        }
    }

    @Test
    void noPrefixOfAValidForm_isRefused() {
        Buffer whole = form();

        for (int end = 1; end <= whole.length(); end++) {
            assertThat(checkPrefix("application/x-www-form-urlencoded", whole.getBuffer(0, end)))
                    .as("%d bytes", end)
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json activity.data-contract.json",
                "application/xml activity.data-contract.xml",
                "application/xml activity.openapi.xml",
                "application/x-www-form-urlencoded form"
            })
    void aRefusedPrefix_isRefusedForTheSameReasonAsTheWhole(String typeAndName) {
        String type = typeAndName.split(" ", 2)[0];
        String name = typeAndName.split(" ", 2)[1];
        Buffer right = name.equals("form") ? form() : resource(name);
        Random random = new Random(17);
        int early = 0;
        for (int i = 0; i < 3_000; i++) {
            byte[] damaged = right.getBytes();
            damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(128);
            Buffer beginning = Buffer.buffer(Arrays.copyOf(damaged, 1 + random.nextInt(damaged.length)));

            Optional<String> refusal = checkPrefix(type, beginning);

            if (refusal.isPresent()) {
                early++;
                assertThat(refusalOf(() -> read(type, Buffer.buffer(damaged))))
                        .as("body %d: %s", i, Buffer.buffer(damaged))
                        .isEqualTo(refusal.get());
            }
        }
        assertThat(early).isGreaterThan(100);
    }

    private static Buffer form() {
        return Buffer.buffer(
                "type=message&from[id]=28:bot&attachments[0].name=a+b%20c&attachments[1][name]=%C3%A4&listenFor[]=a"
                        + "&channelData[a][0]=1&channelData[a][1]=2&value={%22a%22:[1]}&historyDisclosed=1&to=x&to=y");
    }

    private static String type(String format) {
        return format.equals("form") ? "application/x-www-form-urlencoded" : "application/" + format;
    }

    private Optional<String> checkPrefix(String type, Buffer beginning) {
        try {
            reader(type).checkPrefix(beginning, "Activity", SETTINGS, SCHEMA, checker);
            return Optional.empty();
        } catch (GatewayException refused) {
            return Optional.of(refused.text());
        }
    }

    private Payload.Whole read(String type, Buffer body) {
        return reader(type).read(body, "Activity", SETTINGS, SCHEMA, checker);
    }

    private static BodyReader reader(String type) {
        return BodyReader.of(MultiMap.caseInsensitiveMultiMap().add("Content-Type", type));
    }
}
