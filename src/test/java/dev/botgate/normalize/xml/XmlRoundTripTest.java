package dev.botgate.normalize.xml;

import static dev.botgate.normalize.TestBodies.SETTINGS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.schema.Schema;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** JSON survives the conversion to XML and back. */
class XmlRoundTripTest {
    private static final Schema SCHEMA = Schema.connector();
    private static final int TIMES = 4_000;

    private static final Pattern FIRST_CAPITAL = Pattern.compile("^<\\?[^>]*><[^>]*><[A-Z]");

    /** The models of the operations, nested models, and some that only clients use. */
    private static final List<String> MODELS = List.of(
            "Activity",
            "Activity",
            "Activity",
            "ConversationParameters",
            "Transcript",
            "AttachmentData",
            "ConversationsResult",
            "ConversationResourceResponse",
            "ResourceResponse",
            "PagedMembersResult",
            "ChannelAccount[]",
            "ErrorResponse",
            "PaymentRequest",
            "TokenRequest",
            "GeoCoordinates",
            "OAuthCard");

    private final XmlWriter writer = new XmlWriter(SCHEMA, SETTINGS.maximumDepth(), 4 * SETTINGS.maximumBodyBytes());
    private final XmlReader reader = new XmlReader(new XmlLimits(1_000, 100_000, 10_000, 16 << 20), SCHEMA);

    @ParameterizedTest
    @EnumSource(XmlStyle.class)
    void valuesOfTheModels_surviveTheRoundTrip(XmlStyle style) throws NotRepresentableInXmlException {
        for (int seed = 0; seed < TIMES; seed++) {
            String model = MODELS.get(seed % MODELS.size());
            RandomModels random = RandomModels.usual(new Random(seed), SCHEMA);
            String json = random.body(model);

            Buffer xml = writer.write(Buffer.buffer(json), model, style);

            assertSame(xml, json, model, style, seed);
        }
    }

    @ParameterizedTest
    @EnumSource(XmlStyle.class)
    void anyValues_surviveTheRoundTrip_orAreNotWritten(XmlStyle style) {
        int written = 0;
        for (int seed = 0; seed < TIMES; seed++) {
            String model = MODELS.get(seed % MODELS.size());
            String json = RandomModels.odd(new Random(seed), SCHEMA).body(model);
            try {
                Buffer xml = writer.write(Buffer.buffer(json), model, style);
                assertSame(xml, json, model, style, seed);
                written++;
            } catch (NotRepresentableInXmlException e) {
                assertThat(e.reason()).isNotEmpty();
            }
        }
        assertThat(written).isBetween(TIMES / 20, TIMES - TIMES / 20);
    }

    /** XmlSerializer writes the same as DataContractSerializer, but without namespaces; its first name is capitalized. */
    @Test
    void valuesOfTheXmlSerializer_surviveTheRoundTrip() throws NotRepresentableInXmlException {
        int read = 0;
        for (int seed = 0; seed < TIMES; seed++) {
            String model = MODELS.get(seed % MODELS.size()).replace("[]", "");
            String json = RandomModels.usual(new Random(seed), SCHEMA).body(model);
            String xml = writer.write(Buffer.buffer(json), model, XmlStyle.DATA_CONTRACT)
                    .toString()
                    .replaceFirst(" xmlns=\"[^\"]*\"", "")
                    .replaceAll("(</?)a:", "$1")
                    .replaceAll("\"a:(\\w+)\"", "\"$1\"");

            if (FIRST_CAPITAL.matcher(xml).find()) {
                assertSame(Buffer.buffer(xml), json, model, XmlStyle.DATA_CONTRACT, seed);
                read++;
            }
        }
        assertThat(read).isGreaterThan(TIMES / 2);
    }

    private void assertSame(Buffer xml, String json, String model, XmlStyle style, int seed) {
        Buffer back = reader.toJson(xml, null, model);
        String expected = CanonicalJson.of(Buffer.buffer(json), style == XmlStyle.OPENAPI, SCHEMA, model);
        assertThat(CanonicalJson.of(back, false, SCHEMA, model))
                .as("seed %d, %s: %s", seed, model, xml)
                .isEqualTo(expected);
    }
}
