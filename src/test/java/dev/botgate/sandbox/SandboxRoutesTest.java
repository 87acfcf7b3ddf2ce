package dev.botgate.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.testing.Raw;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SandboxRoutesTest extends SandboxTestBase {
    private static final String HI = "{\"type\":\"message\",\"text\":\"hi\"}";

    @Test
    void encodedAndRawIds_nameTheSameConversation() {
        Raw.Reply sent = post("/v3/conversations/19:abc@thread.tacv2;messageid=1|2/activities", HI);

        Raw.Reply updated =
                put("/amer/V3/Conversations/19%3Aabc%40thread.tacv2%3Bmessageid%3D1%7C2/Activities/" + id(sent), HI);

        assertThat(sent.status()).isEqualTo(201);
        assertThat(updated.status()).isEqualTo(200);
        assertThat(id(updated)).isEqualTo(id(sent));
    }

    @Test
    void aPostToHistory_isNotAnActivityWithTheIdHistory() {
        Raw.Reply reply = post("/v3/conversations/c/activities/HISTORY", "{\"activities\":[{},{}]}");

        assertThat(reply.status()).isEqualTo(200);
        JsonObject kept = get("/sandbox/conversations/c").body().toJsonObject();
        assertThat(kept.getJsonArray("activities")).hasSize(2);
    }

    @Test
    void theServiceUrlOfANewConversation_hasThePathPrefix() {
        Raw.Reply reply = post("/amer/v3/conversations?x=1", "{\"members\":[{\"id\":\"29:ada\"}]}");

        JsonObject created = reply.body().toJsonObject();
        assertThat(reply.status()).isEqualTo(201);
        assertThat(created.getString("serviceUrl")).isEqualTo("http://botgate.test/amer/");
        assertThat(created.containsKey("activityId")).isFalse();
        assertThat(get("/v3/conversations/" + created.getString("id") + "/members")
                        .body()
                        .toJsonArray())
                .hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/xml", "text/xml", "application/x-www-form-urlencoded"})
    void whenABodyIsNotJson_itIsRefused(String mediaType) {
        Raw.Reply reply = Raw.exchange(
                sandbox().url(),
                Raw.request(
                        "POST /v3/conversations/c/activities HTTP/1.1",
                        List.of("Content-Type: " + mediaType),
                        "text=hi"));

        assertThat(code(reply)).isEqualTo("415 UnsupportedMediaType");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "{} x", "[]", "null", "\"text\"", "{\"a\":\u0001}"})
    void whenJsonIsMalformed_itIsRefused(String body) {
        assertThat(code(post("/v3/conversations/c/activities", body))).isEqualTo("400 BadSyntax");
    }

    @Test
    void whenABodyStartsWithAByteOrderMark_itIsRead() {
        assertThat(post("/v3/conversations/c/activities", "\uFEFF" + HI).status())
                .isEqualTo(201);
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /v3/conversations/nobody/members, 404 ConversationNotFound",
        "GET, /v3/conversations/nobody/pagedmembers, 404 ConversationNotFound",
        "DELETE, /v3/conversations/nobody/activities/1, 404 ConversationNotFound",
        "GET, /v3/attachments/none, 404 AttachmentNotFound",
        "PATCH, /v3/conversations/c/members, 405 MethodNotAllowed",
        "GET, /v3/conversations/c/activities, 405 MethodNotAllowed",
        "GET, /v3/elsewhere, 404 NotFound",
        "GET, /elsewhere, 404 NotFound",
        "GET, /sandbox/elsewhere, 404 NotFound",
        "GET, /sandbox/v3/conversations/nobody/members, 404 ConversationNotFound",
        "PATCH, /sandbox/requests, 405 MethodNotAllowed",
    })
    void unknownRoutesAndIds_areRefused(String method, String target, String expected) {
        assertThat(code(ask(method + " " + target, ""))).isEqualTo(expected);
    }

    @Test
    void pagedMembers_containEachMemberOnce() {
        assertThat(put("/sandbox/conversations/c?members=7", "{}").status()).isEqualTo(201);

        List<String> seen = new ArrayList<>();
        String token = "";
        do {
            JsonObject page = get("/v3/conversations/c/pagedMembers?pageSize=3&continuationToken=" + token)
                    .body()
                    .toJsonObject();
            page.getJsonArray("members").forEach(member -> seen.add(((JsonObject) member).getString("id")));
            token = page.getString("continuationToken", "");
        } while (!token.isEmpty());

        assertThat(seen).hasSize(7).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @ValueSource(strings = {"pageSize=0", "pageSize=x", "continuationToken=x", "continuationToken=MyBhYmM"})
    void anInvalidPageSizeOrToken_isRefused(String query) {
        assertThat(post("/v3/conversations/c/activities", HI).status()).isEqualTo(201);

        assertThat(code(get("/v3/conversations/c/pagedmembers?" + query))).isEqualTo("400 BadArgument");
    }

    @Test
    void thePropertiesOfAMember_dependOnTheRoute() {
        assertThat(put("/sandbox/conversations/c?members=1", "{}").status()).isEqualTo(201);

        JsonObject listed =
                get("/v3/conversations/c/members").body().toJsonArray().getJsonObject(0);
        JsonObject one = get("/v3/conversations/c/members/" + listed.getString("id"))
                .body()
                .toJsonObject();

        assertThat(listed.getString("objectId")).isEqualTo(one.getString("aadObjectId"));
        assertThat(listed.containsKey("aadObjectId")).isFalse();
        assertThat(one.containsKey("objectId")).isFalse();
    }

    @Test
    void deletingTheLastMember_removesTheConversation() {
        assertThat(put("/sandbox/conversations/c?members=1", "{}").status()).isEqualTo(201);
        String member = get("/v3/conversations/c/members")
                .body()
                .toJsonArray()
                .getJsonObject(0)
                .getString("id");

        Raw.Reply deleted = delete("/v3/conversations/c/members/" + member);

        assertThat(deleted.status()).isEqualTo(200);
        assertThat(deleted.body().length()).isZero();
        assertThat(code(get("/v3/conversations/c/members"))).isEqualTo("404 ConversationNotFound");
    }

    @Test
    void anUploadedAttachment_isServedByItsViews() {
        byte[] picture = new byte[100_000];
        picture[99_999] = -1;
        JsonObject data = new JsonObject()
                .put("type", "image/png")
                .put("originalBase64", Base64.getEncoder().encodeToString(picture))
                .put("thumbnailBase64", "AQID/w==");

        String id = id(post("/v3/conversations/c/attachments", data.encode()));

        Raw.Reply original = get("/v3/attachments/" + id + "/views/original");
        assertThat(original.header("Content-Type")).contains("image/png");
        assertThat(original.body().getBytes()).isEqualTo(picture);
        assertThat(get("/v3/attachments/" + id + "/views/thumbnail").body().getBytes())
                .containsExactly(1, 2, 3, 255);
        assertThat(code(get("/v3/attachments/" + id + "/views/none"))).isEqualTo("404 ViewNotFound");
    }

    @ParameterizedTest
    @ValueSource(strings = {"x\\r\\nEvil: 1", "text", "", "text/html; charset=\\u00fc"})
    void anAttachmentTypeThatIsNoMediaType_isNotSentAsContentType(String type) {
        String id = id(
                post("/v3/conversations/c/attachments", "{\"type\":\"" + type + "\",\"originalBase64\":\"AQID/w==\"}"));

        assertThat(get("/v3/attachments/" + id + "/views/original").header("Content-Type"))
                .contains("application/octet-stream");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "PUT    | /v3/conversations/c/activities/1/reactions/like | 200",
                "DELETE | /v3/conversations/c/activities/1/reactions/like | 200",
                "GET    | /v3/teams/19:t@thread.tacv2                     | 200",
                "GET    | /v3/teams/19:t@thread.tacv2/conversations       | 200",
                "POST   | /v3/batch/conversation/users                    | 201",
                "GET    | /v3/batch/conversation/0f1e                     | 200",
                "GET    | /v3/batch/conversation/failedentries/0f1e       | 200",
                "DELETE | /v3/batch/conversation/0f1e                     | 200",
                "GET    | /v1/meetings/m                                  | 200",
                "GET    | /emea/V1/Meetings/m/Participants/p?tenantId=t   | 200",
                "POST   | /v1/meetings/m/notification                     | 202",
                "OPTIONS| /v3/conversations/c/activities                  | 204",
            })
    void routesBesideTheTwelveOperations_areAnswered(String method, String target, int status) {
        assertThat(post("/v3/conversations/c/activities", HI).status()).isEqualTo(201);

        String body = method.equals("POST") ? "{\"value\":{}}" : "";

        assertThat(ask(method + " " + target, body).status()).isEqualTo(status);
    }

    @Test
    void aHeadRequest_getsTheHeadersOfAGetRequest() {
        try (Raw raw = Raw.connect(sandbox().url())) {
            Raw.Reply head = raw.send(Raw.request("HEAD /v3/conversations HTTP/1.1", List.of(), ""))
                    .replyToHead();
            Raw.Reply body = raw.send(Raw.request("GET /v3/conversations HTTP/1.1", List.of(), ""))
                    .reply();

            assertThat(head.status()).isEqualTo(200);
            assertThat(head.header("Content-Length")).contains("" + body.body().length());
        }
    }

    @Test
    void theRoot_describesTheSandbox() {
        Raw.Reply reply = get("/");

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.body().toString(StandardCharsets.UTF_8)).contains("simulated Bot Connector");
    }
}
