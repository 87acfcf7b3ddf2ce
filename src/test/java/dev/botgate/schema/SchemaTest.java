package dev.botgate.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.botgate.operation.Operation;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SchemaTest {
    private final Schema schema = Schema.connector();

    @ParameterizedTest
    @EnumSource(Operation.class)
    void everyModelOfTheOperationsIsKnown(Operation operation) {
        operation.requestModel().ifPresent(name -> assertThat(schema.body(name)).isNotNull());
        operation.replyModel().ifPresent(name -> assertThat(schema.body(name)).isNotNull());
    }

    @Test
    void everyReferenceNamesAModel() {
        schema.model("Activity").orElseThrow().properties().forEach(property -> {
            if (property.type() instanceof PropertyType.Reference reference) {
                assertThat(schema.model(reference).name()).isEqualTo(reference.model());
            }
        });
    }

    @ParameterizedTest
    @CsvSource({
        "Activity, text, STRING",
        "Activity, type, STRING",
        "Activity, timestamp, DATE_TIME",
        "Activity, localTimestamp, DATE_TIME",
        "Activity, expiration, DATE_TIME",
        "Activity, historyDisclosed, BOOLEAN",
        "ConversationParameters, isGroup, BOOLEAN",
        "TextHighlight, occurrence, INT32",
        "AttachmentView, size, INT32",
        "AttachmentData, originalBase64, BYTE",
        "AttachmentData, thumbnailBase64, BYTE",
        "GeoCoordinates, latitude, NUMBER"
    })
    void scalarsHaveTheTypeOfTheDocument(String model, String property, PropertyType.Scalar type) {
        assertThat(type(model, property)).isEqualTo(type);
    }

    @ParameterizedTest
    @CsvSource({
        "Activity, channelData",
        "Activity, value",
        "Attachment, content",
        "CardAction, value",
        "CardAction, channelData",
        "ConversationParameters, channelData",
        "InnerHttpError, body"
    })
    void whatTheDocumentLeavesOpen_isAnything(String model, String property) {
        assertThat(type(model, property)).isEqualTo(new PropertyType.Anything());
    }

    @Test
    void listsAndMapsKnowWhatTheyHold() {
        assertThat(type("Activity", "membersAdded"))
                .isEqualTo(new PropertyType.ListOf(new PropertyType.Reference("ChannelAccount")));
        assertThat(type("Activity", "listenFor")).isEqualTo(new PropertyType.ListOf(PropertyType.Scalar.STRING));
        assertThat(type("SemanticAction", "entities"))
                .isEqualTo(new PropertyType.MapOf(new PropertyType.Reference("Entity")));
        assertThat(schema.body("ChannelAccount[]"))
                .isEqualTo(new PropertyType.ListOf(new PropertyType.Reference("ChannelAccount")));
    }

    @Test
    void namesAreFoundExactlyAndWithoutRegardToCase() {
        Model activity = schema.model("Activity").orElseThrow();

        assertThat(activity.property("MembersAdded")).isEmpty();
        assertThat(activity.propertyIgnoringCase("MembersAdded").map(Model.Property::name))
                .hasValue("membersAdded");
        assertThat(activity.propertyIgnoringCase("nothing")).isEmpty();
        assertThat(schema.model("activity")).isEmpty();
        assertThat(schema.modelIgnoringCase("activity")).hasValue(activity);
    }

    @Test
    void aDefinitionThatCannotBeSaid_isRefused() {
        String document = "{\"definitions\":{\"A\":{\"type\":\"object\",\"properties\":{\"b\":{\"type\":\"file\"}}}}}";

        assertThatIllegalArgumentException()
                .isThrownBy(() -> read(document))
                .withMessage("type: file (expected: string, boolean, integer, number, array or object)");
    }

    private PropertyType type(String model, String property) {
        return schema.model(model)
                .flatMap(found -> found.property(property))
                .map(Model.Property::type)
                .orElseThrow();
    }

    private static Optional<Model> read(String document) throws IOException {
        return Schema.read(new ByteArrayInputStream(document.getBytes(StandardCharsets.UTF_8)))
                .model("A");
    }
}
