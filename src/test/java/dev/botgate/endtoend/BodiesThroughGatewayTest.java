package dev.botgate.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.audit.AuditEntry;
import dev.botgate.audit.Digest;
import dev.botgate.audit.RecordedBody.Form;
import dev.botgate.gateway.GatewayFixture;
import dev.botgate.testing.Raw;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Bodies of every media type; the connector sees JSON only. */
class BodiesThroughGatewayTest extends GatewayTestBase {
    private static final String SANDBOX = "POST /sandbox/v3/conversations/c/activities";

    @Override
    GatewayFixture.Plan planned(GatewayFixture.Plan usual) {
        return usual.set("NORMALIZE_MAXIMUM_BODY_BYTES", "10000");
    }

    // spotless:off
    static Stream<Arguments> dialects() {
        return Stream.of(
                Arguments.of("application/xml",
                        "<Activity xmlns=\"http://schemas.datacontract.org/2004/07/Microsoft.Bot.Connector\""
                                + " xmlns:i=\"http://www.w3.org/2001/XMLSchema-instance\"><Text>hi</Text><Type>message</Type>"
                                + "<Attachments><Attachment><ContentType>image/png</ContentType></Attachment></Attachments>"
                                + "<MembersAdded><ChannelAccount><Id>29:ada</Id></ChannelAccount></MembersAdded></Activity>"),
                Arguments.of("text/xml; charset=utf-8",
                        "<?xml version=\"1.0\"?><Activity><type>message</type><text>hi</text>"
                                + "<attachments><contentType>image/png</contentType></attachments>"
                                + "<membersAdded><id>29:ada</id></membersAdded></Activity>"),
                Arguments.of("application/x-www-form-urlencoded",
                        "type=message&text=hi&attachments[0][contentType]=image/png&membersAdded[0].id=29:ada"),
                Arguments.of("text/json",
                        "{\"type\":\"message\",\"text\":\"hi\",\"attachments\":[{\"contentType\":\"image/png\"}],"
                                + "\"membersAdded\":[{\"id\":\"29:ada\"}]}"));
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                Arguments.of("application/pdf", "x", 415, "UnsupportedMediaType", "application/pdf"),
                Arguments.of("nonsense", "x", 415, "UnsupportedMediaType", "expected"),
                Arguments.of("application/json", "{\"text\":\n  x}", 400, "MalformedBody", "line 2, column 3"),
                Arguments.of("application/json", "{\"text\":\"a\"} {}", 400, "MalformedBody", "line 1"),
                Arguments.of("application/xml", "<Activity>\n<text></Activity>", 400, "MalformedBody", "line 2"),
                Arguments.of("application/xml", "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><Activity><text>&b;</text></Activity>",
                        400, "MalformedBody", ""),
                Arguments.of("application/x-www-form-urlencoded", "text=%zz", 400, "MalformedBody", ""),
                Arguments.of("application/json", "{\"text\":\"" + "x".repeat(10_000) + "\"}", 413, "BodyTooLarge", "10000"));
    }
    // spotless:on

    @ParameterizedTest(name = "{0}")
    @MethodSource("dialects")
    void theConnector_seesJson(String mediaType, String body) {
        Raw.Reply reply = ask(SANDBOX, body, "Content-Type: " + mediaType);

        assertThat(reply.status()).isEqualTo(201);
        var arrived = gateway().sandbox().received().get(0);
        assertThat(arrived.header("Content-Type").orElseThrow()).startsWith("application/json");
        JsonObject activity = arrived.body().toJsonObject();
        assertThat(activity.getString("type")).isEqualTo("message");
        assertThat(activity.getString("text")).isEqualTo("hi");
        assertThat(activity.getJsonArray("attachments").getJsonObject(0).getString("contentType"))
                .isEqualTo("image/png");
        assertThat(activity.getJsonArray("membersAdded").getJsonObject(0).getString("id"))
                .isEqualTo("29:ada");
        AuditEntry entry = gateway().closedEntry(requestId());
        assertThat(entry.intent().body().bytes()).isEqualTo(arrived.body());
        assertThat(entry.intent().body().digest()).isEqualTo(Digest.of(arrived.body()));
        assertThat(entry.intent().sourceMediaType()).isEqualTo(mediaType.replaceAll(";.*", ""));
    }

    @ParameterizedTest(name = "{0} {3}")
    @MethodSource("refused")
    void whatCannotBeUnderstood_isRefusedInTheBotFrameworksForm(
            String mediaType, String body, int status, String code, String told) {
        Raw.Reply reply = ask(SANDBOX, body, "Content-Type: " + mediaType);

        assertThat(reply.status()).isEqualTo(status);
        assertThat(code(reply)).isEqualTo(code);
        assertThat(reply.header("Content-Type").orElseThrow()).startsWith("application/json");
        assertThat(reply.all("Botgate-Request-Id")).containsExactly(requestId());
        assertThat(reply.text()).contains(told);
        assertThat(gateway().sandbox().received()).isEmpty();
        assertThat(gateway().entries(requestId())).isEmpty();
    }

    @Test
    void anUnknownCoding_isRefusedWithThoseThatAreKnown() {
        Raw.Reply reply = ask(SANDBOX, HELLO, JSON, "Content-Encoding: br");

        assertThat(reply.status()).isEqualTo(415);
        assertThat(reply.all("Accept-Encoding")).containsExactly("gzip, deflate, identity");
    }

    @Test
    void aChunkedBodyBeyondTheLimit_isRefusedToo() {
        try (Raw client = Raw.connect(gateway().address())) {
            var unused = client.send(SEND + " HTTP/1.1\r\nHost: x\r\n" + JSON + "\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "2800\r\n" + " ".repeat(0x2800) + "\r\n2\r\n{}\r\n0\r\n\r\n");

            assertThat(client.reply().status()).isEqualTo(413);
        }
        assertThat(upstream().requests()).isEmpty();
    }

    @Test
    void json_goesOnAsTheSameBytes() {
        String body = "\ufeff { \"text\" : \"\\u00fc/\\/\" , \"timestamp\":\"2024-01-01T01:02:03.1234567+02:00\","
                + "\"value\":1.10, \"name\":null,\"x\":[ ]}\r\n";

        assertThat(ask(SANDBOX, body, JSON).status()).isEqualTo(201);

        assertThat(gateway().sandbox().received().get(0).body()).hasToString(body);
    }

    @Test
    void anAttachment_isRecordedByItsDigestAlone() {
        String data = "{\"type\":\"image/png\",\"originalBase64\":\"AQID/w==\"}";

        assertThat(ask("POST /sandbox/v3/conversations/c/attachments", data, JSON)
                        .status())
                .isEqualTo(201);

        assertThat(gateway().sandbox().received().get(0).body()).hasToString(data);
        AuditEntry entry = gateway().closedEntry(requestId());
        assertThat(entry.intent().body().form()).isEqualTo(Form.REDUCED);
        assertThat(entry.intent().body().digest()).isEqualTo(Digest.of(Buffer.buffer(data)));
        assertThat(entry.intent().body().bytes().toString())
                .startsWith("{\"type\":\"image/png\",\"originalBase64\":\"sha256:")
                .endsWith(";bytes=4\"}");
    }

    @Test
    void aSmallBodyOfAnotherRoute_isPassedOnUnreadAndRecordedWhole() {
        String body = "neither JSON nor XML \u0001";

        assertThat(ask("PUT /v3/anything", body, "Content-Type: application/pdf")
                        .status())
                .isEqualTo(200);

        assertThat(upstream().take().body()).isEqualTo(body);
        AuditEntry entry = gateway().closedEntry(requestId());
        assertThat(entry.intent().operation()).isEqualTo("other");
        assertThat(entry.intent().body().form()).isEqualTo(Form.WHOLE);
        assertThat(entry.intent().body().bytes()).hasToString(body);
        assertThat(entry.intent().sourceMediaType()).isEqualTo("application/pdf");
    }
}
