package dev.botgate.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.exchange.Call;
import dev.botgate.exchange.Caller;
import dev.botgate.exchange.JsonStrings;
import dev.botgate.exchange.Payload;
import dev.botgate.exchange.Peer;
import dev.botgate.exchange.Reply;
import dev.botgate.exchange.ReplyBody;
import dev.botgate.exchange.RequestHead;
import dev.botgate.operation.RouteTable;
import dev.botgate.upstream.UpstreamSettings.ConnectorSettings;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServiceUrlFilterTest {
    private static final UpstreamSettings SETTINGS =
            Forwarding.settings(Map.of("teams", new ConnectorSettings(URI.create("https://smba.example"))));

    private @Nullable Call forwarded;

    @Test
    void withoutAPublicAddressTheGatewayIsWhereTheClientAsked() {
        Reply reply = create(null, "gate:3980", "{\"id\":\"1\", \"serviceUrl\":\"https://smba.example/amer/\"}");

        assertThat(text(reply)).isEqualTo("{\"id\":\"1\", \"serviceUrl\":\"http://gate:3980/teams/amer/\"}");
    }

    @Test
    void thePublicAddressComesBeforeTheOneThatWasAsked() {
        Reply reply =
                create(URI.create("https://public.example"), "gate:3980", "{\"serviceUrl\":\"https://smba.example/\"}");

        assertThat(text(reply)).isEqualTo("{\"serviceUrl\":\"https://public.example/teams/\"}");
    }

    @ParameterizedTest
    @CsvSource({"https://public.example/teams/amer/", "http://gate:3980/teams/amer/"})
    void anActivityMayNameTheGatewayByEitherAddress(String named) {
        Buffer body = Buffer.buffer("{\"serviceUrl\":\"" + named + "\" , \"text\":\"\u00e4\"}");
        List<JsonStrings.Span> places = List.of(new JsonStrings.Span(14, 14 + named.length() + 2, named));

        var unused = serve(
                new ServiceUrlFilter(SETTINGS, URI.create("https://public.example")),
                call(
                        "POST",
                        "/v3/conversations/c/activities",
                        "gate:3980",
                        new Payload.Whole(body, null, null, places)),
                reply(200, "{}"));

        assertThat(((Payload.Whole) Objects.requireNonNull(forwarded).payload())
                        .bytes()
                        .toString())
                .isEqualTo("{\"serviceUrl\":\"https://smba.example/amer/\" , \"text\":\"\u00e4\"}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"serviceUrl\":\"https://elsewhere.example/\"}",
                "{\"serviceUrl\":\"https://smba.example.evil/\"}",
                "{\"serviceUrl\":7}",
                "{\"x\":{\"serviceUrl\":\"https://smba.example/\"}}",
                "no json",
            })
    void whatIsNoConnectorsUrlStays(String body) {
        assertThat(text(create(null, "gate", body))).isEqualTo(body);
    }

    @Test
    void aReplyThatWasCompressedUnasked_isTranslatedAndPlain() throws IOException {
        Call call = call("POST", "/v3/conversations", "gate", new Payload.None());
        MultiMap headers = MultiMap.caseInsensitiveMultiMap().add("Content-Encoding", "gzip");
        Reply compressed =
                new Reply(201, "", headers, new ReplyBody.Whole(gzip("{\"serviceUrl\":\"https://smba.example/\"}")));

        Reply reply = serve(new ServiceUrlFilter(SETTINGS, null), call, compressed);

        assertThat(text(reply)).isEqualTo("{\"serviceUrl\":\"http://gate/teams/\"}");
        assertThat(reply.headers().contains("Content-Encoding")).isFalse();
    }

    @Test
    void aReplyOfOtherBytes_hasNoDigestOfTheOldOnes_andAWeakETag() {
        Call call = call("POST", "/v3/conversations", "gate", new Payload.None());
        MultiMap headers = MultiMap.caseInsensitiveMultiMap()
                .add("Content-MD5", "x")
                .add("Repr-Digest", "sha-256=:x:")
                .add("ETag", "\"1\"")
                .add("X-Kept", "1");
        Buffer created = Buffer.buffer("{\"serviceUrl\":\"https://smba.example/\"}");

        Reply reply = serve(
                new ServiceUrlFilter(SETTINGS, null), call, new Reply(201, "", headers, new ReplyBody.Whole(created)));

        assertThat(text(reply)).contains("http://gate/teams/");
        assertThat(reply.headers().names()).containsExactlyInAnyOrder("ETag", "X-Kept");
        assertThat(reply.headers().get("ETag")).isEqualTo("W/\"1\"");
        assertThat(headers.get("ETag")).as("the upstream's own").isEqualTo("\"1\"");
    }

    @ParameterizedTest
    @CsvSource({"http://gate:3980/teams/, false", "https://elsewhere.example/, true"})
    void anActivityOfOtherBytes_hasNoDigestOfTheOldOnes(String named, boolean kept) {
        Buffer body = Buffer.buffer("{\"serviceUrl\":\"" + named + "\"}");
        List<JsonStrings.Span> places = List.of(new JsonStrings.Span(14, 14 + named.length() + 2, named));
        Call call = call(
                "POST", "/v3/conversations/c/activities", "gate:3980", new Payload.Whole(body, null, null, places));
        call.head().headers().add("Content-MD5", "x").add("Content-Digest", "sha-256=:x:");

        var unused = serve(new ServiceUrlFilter(SETTINGS, null), call, reply(200, "{}"));

        MultiMap sent = Objects.requireNonNull(forwarded).head().headers();
        assertThat(sent.contains("Content-MD5")).isEqualTo(kept);
        assertThat(sent.contains("Content-Digest")).isEqualTo(kept);
    }

    private static Buffer gzip(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return Buffer.buffer(bytes.toByteArray());
    }

    @Test
    void anErrorStaysAsItIs() {
        String body = "{\"serviceUrl\":\"https://smba.example/\"}";
        Call call = call("POST", "/v3/conversations", "gate", new Payload.None());

        assertThat(text(serve(new ServiceUrlFilter(SETTINGS, null), call, reply(400, body))))
                .isEqualTo(body);
    }

    private Reply create(@Nullable URI publicUrl, String host, String body) {
        Call call = call("POST", "/v3/conversations", host, new Payload.None());
        return serve(new ServiceUrlFilter(SETTINGS, publicUrl), call, reply(201, body));
    }

    private Reply serve(ServiceUrlFilter filter, Call call, Reply upstreams) {
        Future<Reply> reply = filter.apply(call, next -> {
            forwarded = next;
            return Future.succeededFuture(upstreams);
        });
        assertThat(reply.succeeded()).isTrue();
        return reply.result();
    }

    private static Reply reply(int status, String body) {
        return new Reply(status, "", MultiMap.caseInsensitiveMultiMap(), new ReplyBody.Whole(Buffer.buffer(body)));
    }

    private static Call call(String method, String path, String host, Payload payload) {
        RequestHead head = new RequestHead(
                "r",
                Instant.EPOCH,
                method,
                "teams",
                path,
                RouteTable.match(method, path),
                MultiMap.caseInsensitiveMultiMap(),
                new Peer("127.0.0.1", "http", host));
        return new Call(head, Caller.anonymous(), payload);
    }

    private static String text(Reply reply) {
        return ((ReplyBody.Whole) reply.body()).bytes().toString();
    }
}
