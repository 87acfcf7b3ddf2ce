package dev.botgate.testing;

import static dev.botgate.testing.Await.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import com.microsoft.bot.connector.Attachments;
import com.microsoft.bot.connector.Conversations;
import com.microsoft.bot.connector.rest.ErrorResponseException;
import com.microsoft.bot.connector.rest.RestConnectorClient;
import com.microsoft.bot.restclient.credentials.TokenCredentials;
import com.microsoft.bot.schema.Activity;
import com.microsoft.bot.schema.Attachment;
import com.microsoft.bot.schema.AttachmentData;
import com.microsoft.bot.schema.AttachmentInfo;
import com.microsoft.bot.schema.ChannelAccount;
import com.microsoft.bot.schema.ConversationParameters;
import com.microsoft.bot.schema.ConversationResourceResponse;
import com.microsoft.bot.schema.ConversationsResult;
import com.microsoft.bot.schema.PagedMembersResult;
import com.microsoft.bot.schema.ResourceResponse;
import com.microsoft.bot.schema.Transcript;
import dev.botgate.operation.Operation;
import dev.botgate.sandbox.ReceivedRequest;
import dev.botgate.sandbox.Sandbox;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What Microsoft's Java client expects of a connector, by all operations that it has, at whatever address stands before a
 * sandbox: the sandbox's own, or a gateway's.
 */
public abstract class ConnectorClientContract {
    private static final String TOKEN = "header.payload.signature";

    /** A Teams thread's id, with the characters that clients treat in different ways; each test has its own. */
    private String conversation = "";

    /** Channel data as a bot's own classes hold it: the client looks into them by reflection, which maps forbid. */
    private record ChannelInfo(Named channel) {}

    private record Named(String id) {}

    private Conversations client = new RestConnectorClient("http://unset", credentials()).getConversations();
    private Attachments attachments = new RestConnectorClient("http://unset", credentials()).getAttachments();

    /** Where the client is sent; without a last slash. */
    protected abstract URI baseUrl();

    /** The sandbox behind it. */
    protected abstract Sandbox sandbox();

    /** The service URL that a created conversation has for a client at {@link #baseUrl}. */
    protected String serviceUrl() {
        return baseUrl() + "/";
    }

    /** The token in the Authorization header of every request. */
    protected String token() {
        return TOKEN;
    }

    @BeforeEach
    void connectTheClient() {
        RestConnectorClient connector = new RestConnectorClient(baseUrl().toString(), credentials());
        client = connector.getConversations();
        attachments = connector.getAttachments();
        conversation = "19:" + UUID.randomUUID() + "@thread.tacv2;messageid=1234";
        sandbox().clearFaults();
        sandbox().clearReceived();
    }

    private TokenCredentials credentials() {
        return new TokenCredentials("Bearer", token());
    }

    @Test
    void aConversationIsCreated_withItsFirstActivityAndAServiceUrlOfThisAddress() {
        ConversationParameters parameters = new ConversationParameters();
        parameters.setIsGroup(true);
        parameters.setBot(new ChannelAccount("28:bot"));
        parameters.setMembers(List.of(new ChannelAccount("29:ada", "Ada")));
        parameters.setActivity(message("first"));
        parameters.setChannelData(new ChannelInfo(new Named(conversation)));

        ConversationResourceResponse created = get(client.createConversation(parameters));

        assertThat(created.getServiceUrl()).isEqualTo(serviceUrl());
        assertThat(created.getId()).endsWith(";messageid=" + created.getActivityId());
        assertThat(get(client.getConversationMembers(created.getId())))
                .extracting(ChannelAccount::getName)
                .containsExactly("Ada");
        assertThat(arrived(Operation.CREATE_CONVERSATION).body()).satisfies(body -> textIs(body, "activity", "first"));
    }

    @Test
    void conversationsAreListed() {
        sent("hello");

        ConversationsResult all = get(client.getConversations());

        assertThat(all.getConversations()).anySatisfy(one -> {
            assertThat(one.getId()).isEqualTo(conversation);
            assertThat(one.getMembers()).isNotEmpty();
        });
        assertThat(arrived(Operation.GET_CONVERSATIONS).method()).isEqualTo("GET");
    }

    @Test
    void anActivityIsSent_withItsAttachmentsAndChannelData() {
        Activity activity = message("grüß dich");
        Attachment card = new Attachment();
        card.setContentType("application/vnd.microsoft.card.adaptive");
        card.setContent(new Named("card"));
        activity.setAttachment(card);
        activity.setChannelData(new ChannelInfo(new Named("general")));

        ResourceResponse sent = get(client.sendToConversation(conversation, activity));

        ReceivedRequest arrived = arrived(Operation.SEND_TO_CONVERSATION);
        assertThat(sent.getId()).isNotEmpty();
        assertThat(arrived.header("Authorization")).contains("Bearer " + token());
        assertThat(arrived.uri()).endsWith("/v3/conversations/" + conversation + "/activities");
        JsonObject body = arrived.body().toJsonObject();
        assertThat(body.getString("text")).isEqualTo("grüß dich");
        assertThat(body.getJsonArray("attachments").getJsonObject(0).getJsonObject("content"))
                .isEqualTo(new JsonObject().put("id", "card"));
        assertThat(body.getJsonObject("channelData").getJsonObject("channel").getString("id"))
                .isEqualTo("general");
    }

    @Test
    void aTranscriptIsSent_andIsNoReplyToAnActivityCalledHistory() {
        Transcript transcript = new Transcript();
        transcript.setActivities(List.of(message("one"), message("two")));

        ResourceResponse sent = get(client.sendConversationHistory(conversation, transcript));

        assertThat(sent.getId()).isNotEmpty();
        assertThat(arrived(Operation.SEND_CONVERSATION_HISTORY)
                        .body()
                        .toJsonObject()
                        .getJsonArray("activities"))
                .hasSize(2);
    }

    @Test
    void anActivityIsRepliedTo() {
        Activity reply = message("reply");
        reply.setReplyToId("f:|1");

        ResourceResponse sent = get(client.replyToActivity(conversation, "f:|1", reply));

        assertThat(sent.getId()).isNotEmpty();
        ReceivedRequest arrived = arrived(Operation.REPLY_TO_ACTIVITY);
        assertThat(arrived.uri()).endsWith("/v3/conversations/" + conversation + "/activities/f:%7C1");
    }

    @Test
    void anActivityIsUpdated_underItsId() {
        String id = sent("before");

        ResourceResponse updated = get(client.updateActivity(conversation, id, message("after")));

        assertThat(updated.getId()).isEqualTo(id);
        assertThat(arrived(Operation.UPDATE_ACTIVITY).body()).satisfies(body -> textIs(body, "", "after"));
    }

    @Test
    void anActivityIsDeleted_onceOnly() {
        String id = sent("soon gone");

        get(client.deleteActivity(conversation, id));

        assertThat(arrived(Operation.DELETE_ACTIVITY).uri()).endsWith("/activities/" + id);
        ErrorResponseException second = refusal(client.deleteActivity(conversation, id));
        assertThat(second.body().getError().getCode()).isEqualTo("ActivityNotFoundInConversation");
    }

    @Test
    void membersAreListed_byConversationAndByActivity() {
        String id = sent("hello");

        List<ChannelAccount> members = get(client.getConversationMembers(conversation));
        List<ChannelAccount> ofActivity = get(client.getActivityMembers(conversation, id));

        assertThat(members).hasSize(5).allSatisfy(member -> {
            assertThat(member.getId()).startsWith("29:1");
            assertThat(member.getName()).isNotEmpty();
            assertThat(member.getProperties()).containsKeys("objectId", "email", "tenantId");
        });
        assertThat(ofActivity)
                .extracting(ChannelAccount::getId)
                .containsExactlyElementsOf(
                        members.stream().map(ChannelAccount::getId).toList());
        assertThat(arrived(Operation.GET_ACTIVITY_MEMBERS).uri()).endsWith(id + "/members");
    }

    @Test
    void membersAreListedByThePage_untilThereAreNoMore() {
        await(sandbox().conversation(conversation, 250));

        PagedMembersResult first = get(client.getConversationPagedMembers(conversation));
        // The client's own method for the second page never works: its URL template is invalid.
        JsonObject second = pageAfter(first.getContinuationToken());

        assertThat(first.getMembers()).hasSize(200).allSatisfy(member -> assertThat(member.getAadObjectId())
                .isNotEmpty());
        assertThat(second.getJsonArray("members")).hasSize(50);
        assertThat(second.containsKey("continuationToken")).isFalse();
        assertThat(first.getMembers())
                .extracting(ChannelAccount::getId)
                .doesNotContain(second.getJsonArray("members").getJsonObject(0).getString("id"));
    }

    @Test
    void oneMemberIsFound() {
        await(sandbox().conversation(conversation, 2));
        ChannelAccount wanted = get(client.getConversationMembers(conversation)).get(1);

        ChannelAccount found = get(client.getConversationMember(wanted.getId(), conversation));

        assertThat(found.getName()).isEqualTo(wanted.getName());
    }

    @Test
    void aMemberIsDeleted_andNotListedAgain() {
        await(sandbox().conversation(conversation, 3));
        List<ChannelAccount> before = get(client.getConversationMembers(conversation));
        String leaving = before.get(0).getId();

        get(client.deleteConversationMember(conversation, leaving));

        assertThat(arrived(Operation.DELETE_CONVERSATION_MEMBER).method()).isEqualTo("DELETE");
        assertThat(get(client.getConversationMembers(conversation)))
                .extracting(ChannelAccount::getId)
                .hasSize(2)
                .doesNotContain(leaving);
    }

    @Test
    void anAttachmentIsUploaded_andItsBytesComeBack() throws IOException {
        byte[] bytes = {1, 2, 3, (byte) 0xFF};
        AttachmentData data = new AttachmentData();
        data.setName("a.png");
        data.setType("image/png");
        data.setOriginalBase64(bytes);

        String id = get(client.uploadAttachment(conversation, data)).getId();

        assertThat(arrived(Operation.UPLOAD_ATTACHMENT).body().toString()).contains("\"AQID/w==\"");
        AttachmentInfo info = get(attachments.getAttachmentInfo(id));
        assertThat(info.getType()).isEqualTo("image/png");
        assertThat(info.getViews()).singleElement().satisfies(view -> assertThat(view.getSize())
                .isEqualTo(4));
        try (InputStream content = get(attachments.getAttachment(id, "original"))) {
            assertThat(content.readAllBytes()).isEqualTo(bytes);
        }
    }

    @Test
    void whatIsUnknown_isRefusedInTheBotFrameworksForm() {
        ErrorResponseException refusal = refusal(client.deleteConversationMember(conversation, "29:nobody"));

        assertThat(refusal.response().code()).isEqualTo(404);
        assertThat(refusal.body().getError().getCode()).isEqualTo("ConversationNotFound");
        assertThat(refusal.body().getError().getMessage()).isNotEmpty();
    }

    private JsonObject pageAfter(String continuationToken) {
        String target = baseUrl().getPath() + "/v3/conversations/" + conversation + "/pagedMembers?continuationToken="
                + continuationToken;
        Raw.Reply page = Raw.exchange(
                baseUrl(), Raw.request("GET " + target + " HTTP/1.1", List.of("Authorization: Bearer " + token()), ""));
        assertThat(page.status()).isEqualTo(200);
        return page.body().toJsonObject();
    }

    @CanIgnoreReturnValue
    private String sent(String text) {
        return get(client.sendToConversation(conversation, message(text))).getId();
    }

    private static Activity message(String text) {
        Activity activity = Activity.createMessageActivity();
        activity.setText(text);
        return activity;
    }

    private ReceivedRequest arrived(Operation operation) {
        List<ReceivedRequest> all = sandbox().received().stream()
                .filter(received -> received.operation() == operation)
                .toList();
        assertThat(all).as("what arrived of %s", operation).isNotEmpty();
        return all.get(all.size() - 1);
    }

    private static void textIs(Buffer body, String under, String text) {
        JsonObject activity =
                under.isEmpty() ? body.toJsonObject() : body.toJsonObject().getJsonObject(under);
        assertThat(activity.getString("text")).isEqualTo(text);
    }

    @CanIgnoreReturnValue
    private static <T> T get(CompletableFuture<T> future) {
        return future.orTimeout(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS).join();
    }

    private static ErrorResponseException refusal(CompletableFuture<?> future) {
        CompletionException failure = catchThrowableOfType(CompletionException.class, () -> get(future));
        assertThat(failure).hasCauseInstanceOf(ErrorResponseException.class);
        return (ErrorResponseException) Objects.requireNonNull(failure.getCause());
    }
}
