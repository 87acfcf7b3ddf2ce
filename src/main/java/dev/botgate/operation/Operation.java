package dev.botgate.operation;

import static dev.botgate.operation.Operation.Effect.MUTATION;
import static dev.botgate.operation.Operation.Effect.READ;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One row of the connector's table of operations, or {@link #OTHER} for every other request.
 *
 * <p>Source: the connector's Swagger 2.0 document. Model names are keys of its {@code definitions}; a reply model that
 * ends in {@code []} is an array.
 */
public enum Operation {
    // spotless:off
    GET_CONVERSATIONS(
        "GetConversations", "GET", "", READ, null, "ConversationsResult", true),
    CREATE_CONVERSATION(
        "CreateConversation", "POST", "", MUTATION, "ConversationParameters", "ConversationResourceResponse", true),
    SEND_TO_CONVERSATION(
        "SendToConversation", "POST", "/{conversationId}/activities", MUTATION, "Activity", "ResourceResponse", false),
    SEND_CONVERSATION_HISTORY(
        "SendConversationHistory", "POST", "/{conversationId}/activities/history", MUTATION, "Transcript", "ResourceResponse", false),
    REPLY_TO_ACTIVITY(
        "ReplyToActivity", "POST", "/{conversationId}/activities/{activityId}", MUTATION, "Activity", "ResourceResponse", false),
    UPDATE_ACTIVITY(
        "UpdateActivity", "PUT", "/{conversationId}/activities/{activityId}", MUTATION, "Activity", "ResourceResponse", false),
    DELETE_ACTIVITY(
        "DeleteActivity", "DELETE", "/{conversationId}/activities/{activityId}", MUTATION, null, null, true),
    GET_ACTIVITY_MEMBERS(
        "GetActivityMembers", "GET", "/{conversationId}/activities/{activityId}/members", READ, null, "ChannelAccount[]", true),
    GET_CONVERSATION_MEMBERS(
        "GetConversationMembers", "GET", "/{conversationId}/members", READ, null, "ChannelAccount[]", true),
    GET_CONVERSATION_PAGED_MEMBERS(
        "GetConversationPagedMembers", "GET", "/{conversationId}/pagedmembers", READ, null, "PagedMembersResult", true),
    DELETE_CONVERSATION_MEMBER(
        "DeleteConversationMember", "DELETE", "/{conversationId}/members/{memberId}", MUTATION, null, null, true),
    UPLOAD_ATTACHMENT(
        "UploadAttachment", "POST", "/{conversationId}/attachments", MUTATION, "AttachmentData", "ResourceResponse", false),
    /** Every other request; its effect depends on the method, see {@link Route#mutation}. */
    OTHER(
        "other", "*", "*", MUTATION, null, null, false);
    // spotless:on

    /** The path that precedes all templates. */
    public static final String BASE_PATH = "/v3/conversations";

    private static final List<Operation> TWELVE =
            Arrays.stream(values()).filter(operation -> operation != OTHER).toList();

    /** Whether an operation can change something in the connector. */
    public enum Effect {
        READ,
        MUTATION
    }

    private final String id;
    private final String method;
    private final String template;
    private final Effect effect;
    private final @Nullable String requestModel;
    private final @Nullable String replyModel;
    private final boolean producesXml;

    Operation(
            String id,
            String method,
            String template,
            Effect effect,
            @Nullable String requestModel,
            @Nullable String replyModel,
            boolean producesXml) {
        this.id = id;
        this.method = method;
        this.template = template;
        this.effect = effect;
        this.requestModel = requestModel;
        this.replyModel = replyModel;
        this.producesXml = producesXml;
    }

    /** The twelve operations of the Swagger document, in its order. */
    public static List<Operation> twelve() {
        return TWELVE;
    }

    /** The operation whose {@link #id} is {@code id}, ignoring case. */
    public static Optional<Operation> withId(String id) {
        return Arrays.stream(values())
                .filter(operation -> operation.id.equalsIgnoreCase(id))
                .findFirst();
    }

    /** The name after {@code Conversations_} in the Swagger document, or {@code other}. */
    public String id() {
        return id;
    }

    /** The HTTP method in capitals; {@code *} for {@link #OTHER}. */
    public String method() {
        return method;
    }

    /** The whole path template, from {@code /v3}; {@code *} for {@link #OTHER}. */
    public String template() {
        return this == OTHER ? template : BASE_PATH + template;
    }

    public Effect effect() {
        return effect;
    }

    /** The Swagger definition of the request's body, if the operation has one. */
    public Optional<String> requestModel() {
        return Optional.ofNullable(requestModel);
    }

    /** The Swagger definition of the body of a successful reply, if there is one. */
    public Optional<String> replyModel() {
        return Optional.ofNullable(replyModel);
    }

    /** Whether the document offers {@code application/xml} and {@code text/xml}. */
    public boolean producesXml() {
        return producesXml;
    }
}
