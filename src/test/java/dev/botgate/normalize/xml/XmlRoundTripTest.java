package dev.botgate.normalize.xml;

import static dev.botgate.normalize.TestBodies.SETTINGS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.botgate.normalize.xml.XmlReader.XmlLimits;
import dev.botgate.normalize.xml.XmlWriter.NotRepresentableInXmlException;
import dev.botgate.schema.Model;
import dev.botgate.schema.PropertyType;
import dev.botgate.schema.Schema;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.StringJoiner;
import java.util.TreeMap;
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

    /** Canonical JSON for comparisons: members are sorted, numbers keep their spelling. */
    static final class CanonicalJson {
        private static final JsonFactory JSON = new JsonFactory();

        private final JsonParser parser;
        private final boolean withoutEmptyLists;
        private final Schema schema;

        private CanonicalJson(JsonParser parser, boolean withoutEmptyLists, Schema schema) {
            this.parser = parser;
            this.withoutEmptyLists = withoutEmptyLists;
            this.schema = schema;
        }

        /** @param withoutEmptyLists whether empty arrays of the schema are left out */
        static String of(Buffer json, boolean withoutEmptyLists, Schema schema, String model) {
            try (JsonParser parser = JSON.createParser(json.getBytes())) {
                parser.nextToken();
                return new CanonicalJson(parser, withoutEmptyLists, schema).value(schema.body(model));
            } catch (IOException e) {
                throw new UncheckedIOException(json.toString(), e);
            }
        }

        private String value(PropertyType type) throws IOException {
            return switch (parser.currentToken()) {
                case START_OBJECT -> object(type);
                case START_ARRAY -> array(type);
                case VALUE_STRING -> "'" + parser.getText() + "'";
                default -> parser.getText();
            };
        }

        private String object(PropertyType type) throws IOException {
            Map<String, String> members = new TreeMap<>();
            Optional<String> onlyList = onlyList(type);
            onlyList.ifPresent(name -> members.put(name, "[]"));
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                PropertyType member = member(type, name);
                parser.nextToken();
                String value = value(member);
                if (!withoutEmptyLists || !(member instanceof PropertyType.ListOf) || !value.equals("[]")) {
                    members.put(name, value);
                }
            }
            return members.toString();
        }

        /** The name of the array in a model that is nothing but one array. */
        private Optional<String> onlyList(PropertyType type) {
            return type instanceof PropertyType.Reference reference
                    ? schema.model(reference).onlyList().map(Model.Property::name)
                    : Optional.empty();
        }

        private PropertyType member(PropertyType type, String name) {
            if (type instanceof PropertyType.Reference reference) {
                return schema.model(reference)
                        .property(name)
                        .map(Model.Property::type)
                        .orElseGet(PropertyType.Anything::new);
            }
            return type instanceof PropertyType.MapOf map ? map.value() : new PropertyType.Anything();
        }

        private String array(PropertyType type) throws IOException {
            StringJoiner items = new StringJoiner(",", "[", "]");
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                items.add(value(type instanceof PropertyType.ListOf list ? list.item() : new PropertyType.Anything()));
            }
            return items.toString();
        }
    }
}
