package dev.botgate.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.audit.OutcomeStatus;
import dev.botgate.gateway.GatewayFixture;
import dev.botgate.testing.Raw;
import dev.botgate.testing.Script;
import dev.botgate.testing.Script.Step;
import dev.botgate.testing.ScriptedUpstream;
import dev.botgate.testing.TestDatabase;
import dev.botgate.testing.TestPostgres;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Service URLs both ways: the gateway's outside, the connector's behind it, and no other byte is touched. */
@ExtendWith(TestPostgres.class)
class ServiceUrlsThroughGatewayTest {
    private static final String CONTENT = "Content-Type: application/json";

    private final TestDatabase database;

    ServiceUrlsThroughGatewayTest(TestDatabase database) {
        this.database = database;
    }

    @ParameterizedTest
    @CsvSource({
        "POST /v3/conversations/c/activities",
        "POST /v3/conversations/c/activities/a",
        "PUT /v3/conversations/c/activities/a"
    })
    void inAnActivity_theConnectorsUrlTakesTheGatewaysPlace(String methodAndTarget) {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(Script.reply(200, "{\"id\":\"1\"}"));
                GatewayFixture gateway = GatewayFixture.on(database)
                        .connector("scripted", upstream.url())
                        .start()) {
            String body = "\ufeff{ \"text\":\"GATE/x\" ,\n \"serviceUrl\" : \"GATE/scripted/amer/\",\t"
                    + "\"value\":{\"serviceUrl\":\"GATE/scripted/\"},\"channelData\":{\"serviceUrl\":\"GATE\"},"
                    + "\"relatesTo\":{\"serviceUrl\":\"GATE\\/sandbox/x?y=1\",\"z\":1.50},\"n\":1e2}";

            Raw.Reply reply =
                    post(gateway, methodAndTarget, body, gateway.address().toString());

            assertThat(reply.status()).isEqualTo(200);
            String gate = gateway.address().toString();
            assertThat(utf8(upstream.take().body()))
                    .isEqualTo("\ufeff{ \"text\":\"" + gate + "/x\" ,\n \"serviceUrl\" : \"" + upstream.url()
                            + "/amer/\",\t\"value\":{\"serviceUrl\":\"" + gate
                            + "/scripted/\"},\"channelData\":{\"serviceUrl\":\"" + gate
                            + "\"},\"relatesTo\":{\"serviceUrl\":\""
                            + gateway.sandbox().url() + "/x?y=1\",\"z\":1.50},\"n\":1e2}");
        }
    }

    @Test
    void inHistoryAndInAFirstActivity_everyOneIsFound_andAnyOtherIsLeft() {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(Script.reply(200, "{\"id\":\"1\"}"));
                GatewayFixture gateway = GatewayFixture.on(database)
                        .connector("scripted", upstream.url())
                        .start()) {
            String gate = gateway.address().toString();
            String history = "{\"activities\":[{\"serviceUrl\":\"GATE\"},{\"serviceUrl\":\"https://other.example/\"},"
                    + "{\"serviceUrl\":\"GATE/scripted\"}]}";
            String creation = "{\"activity\":{\"serviceUrl\":\"GATE/\"},\"serviceUrl\":7}";

            assertThat(post(gateway, "POST /v3/conversations/c/activities/history", history, gate)
                            .status())
                    .isEqualTo(200);
            assertThat(post(gateway, "POST /v3/conversations", creation, gate).status())
                    .isEqualTo(200);

            String base = upstream.url().toString();
            assertThat(upstream.take().body())
                    .isEqualTo("{\"activities\":[{\"serviceUrl\":\"" + base
                            + "\"},{\"serviceUrl\":\"https://other.example/\"},{\"serviceUrl\":\"" + base + "\"}]}");
            assertThat(upstream.take().body())
                    .isEqualTo("{\"activity\":{\"serviceUrl\":\"" + base + "/\"},\"serviceUrl\":7}");
        }
    }

    @Test
    void whatIsRecorded_isWhatWentUpstream() {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(Script.reply(200, "{\"id\":\"1\"}"));
                GatewayFixture gateway = GatewayFixture.on(database)
                        .connector("scripted", upstream.url())
                        .start()) {
            String id = UUID.randomUUID().toString();
            String body = "{\"serviceUrl\":\"" + gateway.address() + "/scripted/\"}";

            Raw.Reply reply = post(
                    gateway,
                    "POST /v3/conversations/c/activities",
                    body,
                    gateway.address().toString(),
                    "x-ms-client-request-id: " + id);

            assertThat(reply.status()).isEqualTo(200);
            assertThat(gateway.closedEntry(id).intent().body().bytes())
                    .hasToString(upstream.take().body())
                    .hasToString("{\"serviceUrl\":\"" + upstream.url() + "/\"}");
        }
    }

    @ParameterizedTest
    @CsvSource({"/amer/,/scripted/amer/", "'',/scripted", "/x?y=%7C#z,/scripted/x?y=%7C#z"})
    void inTheReplyToACreation_theGatewaysUrlTakesTheConnectorsPlace(String connectors, String gateways) {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(Script.reply(200, "{}"));
                GatewayFixture gateway = GatewayFixture.on(database)
                        .connector("scripted", upstream.url())
                        .start()) {
            String reply = "{\"id\" : \"1\",\n\"serviceUrl\":\"%s\" ,\"other\":\"%s\",\"x\":{\"serviceUrl\":\"%s\"}}";
            String url = upstream.url() + connectors;
            upstream.play(Script.reply(201, reply.formatted(url, url, url)));

            Raw.Reply created = post(
                    gateway, "POST /v3/conversations", "{}", gateway.address().toString());

            assertThat(created.status()).isEqualTo(201);
            assertThat(created.text()).isEqualTo(reply.formatted(gateway.address() + gateways, url, url));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16BE", "UTF-16LE", "UTF-16", "UTF-32LE"})
    void aReplyToACreationThatCannotBeTranslated_goesOnAsItCame(String charset) {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(Script.reply(200, "{}"));
                GatewayFixture gateway = GatewayFixture.on(database)
                        .connector("scripted", upstream.url())
                        .start()) {
            String id = UUID.randomUUID().toString();
            byte[] json = ("{\"id\":\"c1\",\"serviceUrl\":\"" + upstream.url() + "/amer/\"}")
                    .getBytes(Charset.forName(charset));
            upstream.play(Script.exactly("HTTP/1.1 201 Created\r\nContent-Type: application/json; charset=" + charset
                            + "\r\nContent-Length: " + json.length + "\r\n\r\n")
                    .then(new Step.Write(new String(json, StandardCharsets.ISO_8859_1))));

            Raw.Reply created = post(
                    gateway,
                    "POST /v3/conversations",
                    "{}",
                    gateway.address().toString(),
                    "Accept-Charset: utf-16",
                    "x-ms-client-request-id: " + id);

            assertThat(created.status()).isEqualTo(201);
            assertThat(created.body().getBytes()).isEqualTo(json);
            assertThat(gateway.closedEntry(id).status()).isEqualTo(OutcomeStatus.SUCCEEDED);
            assertThat(gateway.closedEntry(id).outcome().conversation()).isEqualTo("c1");
        }
    }

    @Test
    void whereThePublicUrlIsConfigured_repliesNameIt_andActivitiesMayNameTheAskedHostToo() {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(Script.reply(200, "{}"));
                GatewayFixture gateway = GatewayFixture.on(database)
                        .connector("scripted", upstream.url())
                        .set("SERVER_PUBLIC_URL", "https://gate.example/bots/")
                        .start()) {
            upstream.play(Script.reply(201, "{\"id\":\"1\",\"serviceUrl\":\"" + upstream.url() + "/emea/\"}"));

            Raw.Reply created =
                    post(gateway, "POST /bots/scripted/emea/v3/conversations", "{}", "http://inside.example");

            assertThat(created.text())
                    .isEqualTo("{\"id\":\"1\",\"serviceUrl\":\"https://gate.example/bots/scripted/emea/\"}");
            assertThat(upstream.take().requestLine()).isEqualTo("POST /emea/v3/conversations HTTP/1.1");

            upstream.play(Script.reply(200, "{}"));
            assertThat(post(
                                    gateway,
                                    "POST /bots/scripted/emea/v3/conversations/c/activities",
                                    "{\"serviceUrl\":\"HTTPS://Gate.example:443/bots/scripted/emea/\","
                                            + "\"relatesTo\":{\"serviceUrl\":\"http://inside.example/scripted/\"}}",
                                    "http://inside.example")
                            .status())
                    .isEqualTo(200);
            assertThat(upstream.take().body())
                    .isEqualTo("{\"serviceUrl\":\"" + upstream.url() + "/emea/\",\"relatesTo\":{\"serviceUrl\":\""
                            + upstream.url() + "/\"}}");
        }
    }

    /** Posts {@code body}, GATE in which is the gateway's address, under the host of {@code asked}. */
    private static Raw.Reply post(
            GatewayFixture gateway, String methodAndTarget, String body, String asked, String... headers) {
        String host = asked.substring(asked.indexOf("//") + 2);
        return gateway.ask(Raw.request(
                        methodAndTarget + " HTTP/1.1",
                        Stream.concat(Stream.of(CONTENT), Stream.of(headers)).toList(),
                        body.replace("GATE", gateway.address().toString()))
                .replace("Host: botgate.test", "Host: " + host));
    }

    private static String utf8(String bytes) {
        return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }
}
