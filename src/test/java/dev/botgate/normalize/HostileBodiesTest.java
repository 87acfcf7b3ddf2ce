package dev.botgate.normalize;

import static dev.botgate.normalize.TestBodies.SETTINGS;
import static dev.botgate.normalize.TestBodies.refusalOf;
import static dev.botgate.normalize.TestBodies.resource;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.botgate.exchange.JsonStrings;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import dev.botgate.normalize.form.FormReader;
import dev.botgate.normalize.json.JsonChecker;
import dev.botgate.normalize.xml.XmlReader;
import dev.botgate.schema.Schema;
import dev.botgate.testing.HostileBody;
import io.vertx.core.buffer.Buffer;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostileBodiesTest {
    private static final int MAXIMUM = 4 << 20;
    private static final int MAXIMUM_OF_UPLOADS = 16 << 20;
    private static final long MIB = 1L << 20;

    private static final Schema SCHEMA = Schema.connector();

    private final JsonChecker json = new JsonChecker(SETTINGS.jsonLimits(), SCHEMA, "Activity");
    private final XmlReader xml = new XmlReader(SETTINGS.xmlLimits(), SCHEMA);
    private String model = "Activity";
    private final FormReader form = new FormReader(SETTINGS.formLimits(), SCHEMA);

    static List<HostileBody> refused() {
        return HostileBody.all();
    }

    @ParameterizedTest
    @MethodSource("refused")
    void theLargestBody_isRefusedWithinBoundedMemory(HostileBody hostile) {
        isRefused(hostile, MAXIMUM, 32 * MIB);
    }

    @ParameterizedTest
    @MethodSource("refused")
    void theLargestBodyOfAnUpload_isRefusedWithinBoundedMemory(HostileBody hostile) {
        isRefused(hostile, MAXIMUM_OF_UPLOADS, 80 * MIB);
    }

    private void isRefused(HostileBody hostile, int length, long bound) {
        Buffer bytes = Buffer.buffer(hostile.bytes(length));

        long before = allocated();
        String refusal = refusalOf(() -> read(hostile.format(), bytes));
        long after = allocated();

        assertThat(refusal).startsWith("line ").hasSizeLessThan(400);
        assertThat(after - before + bytes.length()).isLessThan(bound);
    }

    @Test
    void aLargeAttachment_arrivesUnchanged() {
        String base64 = "AQID/w==".repeat((MAXIMUM - 200) / 8);

        Buffer fromXml = xml.toJson(
                Buffer.buffer("<AttachmentData><OriginalBase64>" + base64 + "</OriginalBase64></AttachmentData>"),
                null,
                "AttachmentData");
        Buffer fromForm = form.toJson(Buffer.buffer("originalBase64=" + base64), "AttachmentData");
        List<JsonStrings.Span> found = json.check(fromXml).serviceUrls();

        assertThat(found).isEmpty();
        assertThat(fromXml.toString().equals("{\"originalBase64\":\"" + base64 + "\"}"))
                .isTrue();
        assertThat(fromForm).isEqualTo(fromXml);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void damagedJson_isAcceptedOrRefusedAndNothingElse(long seed) {
        Buffer whole = resource("activity.data-contract.json");

        damage(seed, 3_000, whole, "json");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"activity.data-contract", "parameters.xml-serializer", "activity.openapi", "parameters.openapi"})
    void damagedXml_becomesJsonOrIsRefusedAndNothingElse(String name) {
        model = name.startsWith("activity") ? "Activity" : "ConversationParameters";

        damage(4, 2_000, resource(name + ".xml"), "xml");
    }

    @Test
    void damagedForms_becomeJsonOrAreRefusedAndNothingElse() {
        String whole =
                "type=message&from[id]=28:bot&attachments[0].name=a+b%20c&attachments[1][name]=%C3%A4&listenFor[]=a"
                        + "&channelData[a][0]=1&channelData[a][1]=2&value={%22a%22:[1]}&historyDisclosed=1&to=x&to=y";

        damage(5, 20_000, Buffer.buffer(whole), "form");
    }

    private void damage(long seed, int times, Buffer whole, String format) {
        Random random = new Random(seed);
        int refused = 0;
        for (int i = 0; i < times; i++) {
            Buffer damaged = damaged(random, whole);
            try {
                assertThat(read(format, damaged)).isNotNull();
            } catch (GatewayException e) {
                assertThat(e.failure()).isEqualTo(Failure.MALFORMED_BODY);
                assertThat(e).hasMessageStartingWith("line ");
                refused++;
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed + ", body " + i + ": " + damaged, e);
            }
        }
        assertThat(refused).isBetween(times / 20, times - times / 100);
    }

    private static Buffer damaged(Random random, Buffer whole) {
        byte[] bytes = whole.getBytes();
        List<UnaryOperator<byte[]>> ways = List.of(
                b -> {
                    b[random.nextInt(b.length)] = (byte) random.nextInt(256);
                    return b;
                },
                b -> {
                    b[random.nextInt(b.length)] = b[random.nextInt(b.length)];
                    return b;
                },
                b -> {
                    int from = random.nextInt(b.length);
                    int to = random.nextInt(b.length);
                    int length = Math.min(random.nextInt(40), b.length - Math.max(from, to));
                    System.arraycopy(b, from, b, to, length);
                    return b;
                },
                b -> {
                    b[random.nextInt(b.length)] ^= (byte) (1 << random.nextInt(8));
                    return b;
                });
        for (int i = 0; i <= random.nextInt(3); i++) {
            bytes = ways.get(random.nextInt(ways.size())).apply(bytes);
        }
        return Buffer.buffer(bytes);
    }

    /** Converts {@code bytes} as the normalizer does, and checks the result. */
    private List<JsonStrings.Span> read(String format, Buffer bytes) {
        return switch (format) {
            case "json" -> json.check(bytes).serviceUrls();
            case "xml" -> json.checkConverted(xml.toJson(bytes, null, model)).serviceUrls();
            default -> json.checkConverted(form.toJson(bytes, "Activity")).serviceUrls();
        };
    }

    private static long allocated() {
        return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }
}
