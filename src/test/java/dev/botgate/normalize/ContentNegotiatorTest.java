package dev.botgate.normalize;

import static dev.botgate.normalize.TestBodies.SETTINGS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.exchange.Arrival;
import dev.botgate.exchange.Peer;
import dev.botgate.exchange.Reply;
import dev.botgate.exchange.ReplyBody;
import dev.botgate.exchange.RequestHead;
import dev.botgate.operation.RouteTable;
import dev.botgate.schema.Schema;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ContentNegotiatorTest {
    private static final String MEMBERS = "/v3/conversations/c/members";
    private static final String CREATE = "/v3/conversations";
    private static final Buffer LIST = Buffer.buffer("[{\"id\":\"a\"}]");
    private static final String XML =
            "<ArrayOfChannelAccount><ChannelAccount><id>a</id></ChannelAccount></ArrayOfChannelAccount>";

    private final ContentNegotiator replies = new ContentNegotiator(SETTINGS, Schema.connector());
    private final List<RequestHead> asked = new ArrayList<>();
    private Buffer body = Buffer.buffer();

    @ParameterizedTest
    @ValueSource(strings = {"application/xml", "text/xml"})
    void aClientThatPrefersXml_getsIt_andTheConnectorIsAskedForJson(String accept) {
        MultiMap headers = headers("Accept", accept).add("Range", "bytes=0-1").add("X-Other", "y");

        Reply reply = ask("GET", MEMBERS, headers, reply(200, LIST, headers("Content-Type", "application/json")));

        assertThat(text(reply)).endsWith(XML);
        assertThat(reply.headers().get("Content-Type")).isEqualTo(accept + "; charset=utf-8");
        assertThat(reply.headers().getAll("Vary")).containsExactly("Accept");
        assertThat(asked.get(0).headers().getAll("Accept")).containsExactly("application/json");
        assertThat(asked.get(0).headers().names()).containsExactlyInAnyOrder("Accept", "X-Other");
        assertThat(headers.get("Accept")).isEqualTo(accept);
    }

    @ParameterizedTest
    @ValueSource(strings = {"*/*", "application/json", "text/html", "application/xml, application/json"})
    void otherClients_getUnchangedJson_withVary(String accept) {
        Reply reply = ask(
                "GET",
                MEMBERS,
                headers("Accept", accept),
                reply(200, LIST, headers("Content-Type", "application/json")));

        assertThat(((ReplyBody.Whole) reply.body()).bytes()).isSameAs(LIST);
        assertThat(reply.headers().get("Content-Type")).isEqualTo("application/json");
        assertThat(reply.headers().getAll("Vary")).containsExactly("Accept");
        assertThat(asked.get(0).headers().get("Accept")).isEqualTo(accept);
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /v3/conversations, '{\"conversations\":[]}', ConversationsResult",
        "POST, /v3/conversations, '{\"id\":\"a\"}', ConversationResourceResponse",
        "DELETE, /v3/conversations/c/activities/a, '{\"id\":\"a\"}', ResourceResponse",
        "GET, /v3/conversations/c/activities/a/members, '[]', ArrayOfChannelAccount",
        "GET, /v3/conversations/c/members, '[]', ArrayOfChannelAccount",
        "GET, /v3/conversations/c/pagedmembers, '{\"members\":[]}', PagedMembersResult",
        "DELETE, /v3/conversations/c/members/m, '{}', ResourceResponse"
    })
    void eachOfTheSevenOperations_answersItsModel_orAnError(String method, String path, String json, String root) {
        MultiMap accept = headers("Accept", "text/xml");
        MultiMap type = headers("Content-Type", "application/json; charset=utf-8");

        Reply success = ask(method, path, accept, reply(200, Buffer.buffer(json), type));
        Reply error = ask(
                method,
                path,
                accept,
                reply(404, Buffer.buffer("{\"error\":{\"code\":\"c\",\"message\":\"m\"}}"), type));

        assertThat(text(success)).contains("?><" + root);
        assertThat(text(error))
                .endsWith("<ErrorResponse><error><code>c</code><message>m</message></error></ErrorResponse>");
        assertThat(error.status()).isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /v3/conversations/c/activities",
        "PUT, /v3/conversations/c/activities/a",
        "POST, /v3/conversations/c/attachments",
        "GET, /v3/attachments/a"
    })
    void otherOperations_haveJsonOnly(String method, String path) {
        MultiMap accept = headers("Accept", "application/xml");
        Reply upstreams = reply(200, Buffer.buffer("{\"id\":\"1\"}"), headers("Content-Type", "application/json"));

        Reply reply = ask(method, path, accept, upstreams);

        assertThat(reply).isSameAs(upstreams);
        assertThat(asked.get(0).headers()).isSameAs(accept);
    }

    @ParameterizedTest
    @CsvSource({
        "http://schemas.datacontract.org/2004/07/Microsoft.Bot.Connector, text/xml, <Id>1</Id>",
        "http://schemas.datacontract.org/2004/07/Other, application/xml, <Id>1</Id>",
        "urn:other, text/xml, <id>1</id>",
        "'', text/xml, <id>1</id>",
        "http://schemas.datacontract.org/2004/07/Microsoft.Bot.Connector, application/json, <id>1</id>"
    })
    void theStyleIsThatOfTheRequestsBody(String namespace, String contentType, String expected) {
        body = Buffer.buffer("<?xml version='1.0'?><!-- x --><ConversationParameters xmlns='" + namespace + "'/>");
        MultiMap headers = headers("Accept", "text/xml").add("Content-Type", contentType);

        Reply reply = ask(
                "POST",
                CREATE,
                headers,
                reply(201, Buffer.buffer("{\"id\":\"1\"}"), headers("Content-Type", "application/json")));

        assertThat(text(reply)).contains(expected);
    }

    @ParameterizedTest
    @EnumSource(Compressed.class)
    void theStyleOfACompressedBody_isDetected_forErrorsToo(Compressed compressed) {
        body = compressed.of(
                Buffer.buffer(
                        "<ConversationParameters xmlns='http://schemas.datacontract.org/2004/07/Microsoft.Bot.Connector'><Broken"));
        MultiMap headers = headers("Accept", "text/xml")
                .add("Content-Type", "text/xml; charset=utf-8")
                .add("Content-Encoding", compressed.coding());

        Reply reply = ask(
                "POST",
                CREATE,
                headers,
                reply(400, Buffer.buffer("{\"error\":{\"code\":\"c\"}}"), headers("Content-Type", "application/json")));

        assertThat(text(reply)).contains("<Error><Code>c</Code></Error>");
    }

    @ParameterizedTest
    @EnumSource(Compressed.class)
    void aCompressedReply_isDecompressed(Compressed compressed) {
        MultiMap type = headers("Content-Type", "application/json").add("Content-Encoding", compressed.coding());

        Reply xml = ask("GET", MEMBERS, headers("Accept", "text/xml"), reply(200, compressed.of(LIST), type));
        Reply json = ask(
                "GET",
                MEMBERS,
                headers("Accept", "text/xml"),
                reply(200, compressed.of(Buffer.buffer("[{\"id\":\"\\u0000\"}]")), type));

        assertThat(text(xml)).endsWith(XML);
        assertThat(xml.headers().contains("Content-Encoding")).isFalse();
        assertThat(text(json)).isEqualTo("[{\"id\":\"\\u0000\"}]");
        assertThat(json.headers().contains("Content-Encoding")).isFalse();
        assertThat(json.headers().get("Content-Type")).isEqualTo("application/json");
    }

    @ParameterizedTest
    @CsvSource({
        "application/json, br, '[]'",
        "application/json, gzip, '[]'",
        "text/html, identity, <html/>",
        "'', identity, '[]'",
        "application/json, identity, '[{\"id\":\"\\u0000\"}]'",
        "application/json, identity, '[{\"id\":1}]'",
        "application/json, identity, '{\"id\":\"1\"}'",
        "application/json, identity, '[}'",
        "application/json, identity, ''"
    })
    void aReplyThatXmlCannotExpress_staysJson(String contentType, String coding, String sent) {
        Buffer bytes = Buffer.buffer(sent);
        MultiMap headers = headers("Content-Type", contentType).add("Content-Encoding", coding);

        Reply reply = ask("GET", MEMBERS, headers("Accept", "text/xml"), reply(200, bytes, headers));

        assertThat(((ReplyBody.Whole) reply.body()).bytes()).isSameAs(bytes);
        assertThat(reply.headers().get("Content-Type")).isEqualTo(contentType);
        assertThat(reply.headers().get("Content-Encoding")).isEqualTo(coding);
    }

    @Test
    void headersOfTheJson_areReplacedOrRemoved() {
        MultiMap headers = headers("Content-Type", "application/json")
                .add("ETag", "\"1\"")
                .add("Repr-Digest", "sha-256=:x:")
                .add("Accept-Ranges", "bytes")
                .add("Vary", "Accept-Encoding")
                .add("Last-Modified", "Thu, 01 Jan 1970 00:00:00 GMT");

        Reply reply = ask("GET", MEMBERS, headers("Accept", "text/xml"), reply(200, LIST, headers));

        assertThat(reply.headers().get("ETag")).isEqualTo("W/\"1\"");
        assertThat(reply.headers().getAll("Vary")).containsExactly("Accept-Encoding", "Accept");
        assertThat(reply.headers().names()).containsExactlyInAnyOrder("Content-Type", "ETag", "Vary", "Last-Modified");
        assertThat(headers.get("ETag")).isEqualTo("\"1\"");
    }

    @Test
    void repliesWithoutBody_keepTheirStatus_andHaveNoTypeOfTheirOwn() {
        MultiMap accept = headers("Accept", "text/xml");

        Reply unchanged = ask(
                "GET",
                MEMBERS,
                accept,
                new Reply(304, "Not Modified", headers("ETag", "\"1\""), new ReplyBody.Absent(-1)));
        Reply none = ask(
                "DELETE",
                "/v3/conversations/c/members/m",
                accept,
                new Reply(204, "No Content", headers("X", "y"), new ReplyBody.Absent(-1)));

        assertThat(unchanged.headers().get("ETag")).isEqualTo("W/\"1\"");
        assertThat(unchanged.headers().contains("Content-Type")).isFalse();
        assertThat(none.headers().names()).containsExactlyInAnyOrder("X", "Vary");
    }

    @ParameterizedTest
    @CsvSource({"gzip, gzip", "'gzip, deflate;q=0.5', 'gzip, deflate;q=0.5'", "'gzip, br', gzip", "*, gzip", "br, gzip"
    })
    void theConnectorIsAskedForASupportedCoding(String accepted, String asksFor) {
        MultiMap headers = headers("Accept", "text/xml").add("Accept-Encoding", accepted);

        Reply reply = ask("GET", MEMBERS, headers, reply(200, LIST, headers("Content-Type", "application/json")));

        assertThat(text(reply)).endsWith(XML);
        assertThat(asked.get(0).headers().getAll("Accept-Encoding")).containsExactly(asksFor);
    }

    /** The next service reads the body, as the normalizer does, and replies with {@code answer}. */
    private Reply ask(String method, String path, MultiMap headers, Reply answer) {
        RequestHead head = new RequestHead(
                "id",
                Instant.EPOCH,
                method,
                "teams",
                path,
                RouteTable.match(method, path),
                headers,
                new Peer("127.0.0.1", "http", "gate.example"));
        asked.clear();
        return replies.apply(new Arrival(head, InMemoryBody.of(body)), request -> {
                    asked.add(request.head());
                    return request.body().read(1 << 20).compose(read -> {
                        assertThat(read).isSameAs(body);
                        return Future.succeededFuture(answer);
                    });
                })
                .result();
    }

    private static Reply reply(int status, Buffer body, MultiMap headers) {
        return new Reply(status, "Reason", headers, new ReplyBody.Whole(body));
    }

    private static MultiMap headers(String name, String value) {
        return MultiMap.caseInsensitiveMultiMap().add(name, value);
    }

    private static String text(Reply reply) {
        return ((ReplyBody.Whole) reply.body()).bytes().toString();
    }
}
