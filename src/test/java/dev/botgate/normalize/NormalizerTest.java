package dev.botgate.normalize;

import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.exchange.Call;
import dev.botgate.exchange.Caller;
import dev.botgate.exchange.Identified;
import dev.botgate.exchange.JsonStrings;
import dev.botgate.exchange.Payload;
import dev.botgate.exchange.Peer;
import dev.botgate.exchange.Reply;
import dev.botgate.exchange.ReplyBody;
import dev.botgate.exchange.RequestHead;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import dev.botgate.operation.RouteTable;
import dev.botgate.schema.Schema;
import dev.botgate.testing.TestSettings;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.Charset;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class NormalizerTest {
    private static final String SEND = "/v3/conversations/c/activities";
    private static final String JSON_TYPE = "application/json; charset=utf-8";
    private static final NormalizeSettings SMALL = TestSettings.with(
            TestBodies.limits(10, 100, 100, 1_000), "maximumBodyBytes", 1_000L, "heldPassThroughBytes", 50L);
    private static final Schema SCHEMA = Schema.connector();

    private final Normalizer normalizer = new Normalizer(SMALL, SCHEMA);
    private final List<Call> calls = new ArrayList<>();

    @Test
    void theActivityOfABatchRequestKeepsItsBytes_andItsServiceUrlIsFound() {
        NormalizeSettings large = TestSettings.with(SMALL, "heldPassThroughBytes", 500L);
        Buffer body =
                Buffer.buffer("{\"members\":[],\"activity\":{\"serviceUrl\":\"a\"},\"value\":{\"serviceUrl\":\"no\"}}");
        Buffer broken = Buffer.buffer("{\"activity\":{\"serviceUrl\":\"a\"},}");
        Normalizer batch = new Normalizer(large, SCHEMA);

        Payload.Whole found = passedThrough(batch, body);
        Payload.Whole kept = passedThrough(batch, broken);

        assertThat(found.bytes()).isSameAs(body);
        assertThat(found.serviceUrls()).extracting(JsonStrings.Span::value).containsExactly("a");
        assertThat(kept.bytes()).isSameAs(broken);
        assertThat(kept.serviceUrls()).isEmpty();
    }

    private Payload.Whole passedThrough(Normalizer by, Buffer body) {
        MultiMap headers = MultiMap.caseInsensitiveMultiMap().add("Content-Type", "application/json");
        String path = "/v3/batch/conversation/users";
        RequestHead head = new RequestHead(
                "r",
                Instant.EPOCH,
                "POST",
                "teams",
                path,
                RouteTable.match("POST", path),
                headers,
                new Peer("a", "http", "h"));
        Future<Reply> reply = by.apply(new Identified(head, Caller.anonymous(), InMemoryBody.of(body)), call -> {
            calls.add(call);
            return Future.succeededFuture(
                    new Reply(200, "OK", MultiMap.caseInsensitiveMultiMap(), new ReplyBody.Absent(-1)));
        });
        assertThat(reply.succeeded()).isTrue();
        return (Payload.Whole) calls.get(calls.size() - 1).payload();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"application/json", "application/json; charset=utf-8", "Application/JSON;charset=\"UTF-8\""})
    void json_keepsItsBytesAndItsHeader(String contentType) {
        Buffer body = Buffer.buffer("\uFEFF{ \"text\" : \"\\ud800\",\"serviceUrl\":\"a\" }\n");

        Payload.Whole payload = whole(send("POST", SEND, contentType, InMemoryBody.of(body)));

        assertThat(payload.bytes()).isSameAs(body);
        assertThat(payload.contentType()).isNull();
        assertThat(payload.sourceMediaType()).isEqualTo("application/json");
        assertThat(payload.serviceUrls()).extracting(JsonStrings.Span::value).containsExactly("a");
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "text/json, text/json",
                "text/json;charset=utf-8, text/json",
                "application/vnd.bot+json, application/vnd.bot+json",
                "-, -"
            })
    void jsonUnderAnotherType_keepsItsBytesUnderTheTypeOfJson(String contentType, String source) {
        Buffer body = Buffer.buffer("{\"text\":1}");

        Payload.Whole payload = whole(send("POST", SEND, contentType, InMemoryBody.of(body)));

        assertThat(payload.bytes()).isSameAs(body);
        assertThat(payload.contentType()).isEqualTo(JSON_TYPE);
        assertThat(payload.sourceMediaType()).isEqualTo(source);
    }

    /** The connector need not know the charset: US-ASCII is valid UTF-8. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json; charset=us-ascii",
                "application/json;charset=\"US-ASCII\"",
                "text/json; charset=ascii"
            })
    void jsonInAscii_keepsItsBytesAsUtf8(String contentType) {
        Buffer body = Buffer.buffer("{\"text\":\"\\u00e4\",\"serviceUrl\":\"a\"}");

        Payload.Whole payload = whole(send("POST", SEND, contentType, InMemoryBody.of(body)));

        assertThat(payload.bytes()).isSameAs(body);
        assertThat(payload.contentType()).isEqualTo(JSON_TYPE);
        assertThat(payload.sourceMediaType()).isEqualTo(contentType.replaceAll(";.*", ""));
        assertThat(payload.serviceUrls()).extracting(JsonStrings.Span::value).containsExactly("a");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void jsonInAscii_withAnotherByte_isRefusedWithItsOffset(boolean compressed) {
        Buffer json = Buffer.buffer("{\n\"text\":\"aä\"}");
        MultiMap headers = headers("application/json; charset=us-ascii");
        if (compressed) {
            headers.add("Content-Encoding", "gzip");
        }

        Future<Reply> reply =
                send("POST", SEND, headers, InMemoryBody.chunked(compressed ? Compressed.GZIP.of(json) : json));

        assertThat(failureOf(reply)).isEqualTo(Failure.MALFORMED_BODY);
        assertThat(reply.cause())
                .hasMessage(
                        "line 2, column 10: the byte at offset 11 is not US-ASCII (expected: charset=utf-8, or escapes)");
        assertThat(calls).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32", "UTF-32LE"})
    void jsonInOtherEncodings_isRefused_andPassesThroughUnread(String charset) {
        Buffer body = Buffer.buffer("{\"activity\":{\"serviceUrl\":\"a\"}}".getBytes(Charset.forName(charset)));
        NormalizeSettings large = TestSettings.with(SMALL, "heldPassThroughBytes", 500L);

        Future<Reply> activity = send("POST", SEND, "application/json", InMemoryBody.chunked(body));
        Payload.Whole batch = passedThrough(new Normalizer(large, SCHEMA), body);

        assertThat(failureOf(activity)).isEqualTo(Failure.MALFORMED_BODY);
        assertThat(batch.bytes()).isSameAs(body);
        assertThat(batch.serviceUrls()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "application/xml, <Activity><serviceUrl>a</serviceUrl></Activity>",
        "text/xml; charset=utf-8, <Activity><serviceUrl>a</serviceUrl></Activity>",
        "application/activity+xml, <Activity><serviceUrl>a</serviceUrl></Activity>",
        "application/x-www-form-urlencoded, serviceUrl=a",
        "application/x-www-form-urlencoded; charset=UTF-8, serviceUrl=a"
    })
    void xmlAndForms_becomeJsonWithTheirServiceUrls(String contentType, String body) {
        Payload.Whole payload = whole(send("POST", SEND, contentType, InMemoryBody.chunked(Buffer.buffer(body))));

        assertThat(payload.bytes().toString()).isEqualTo("{\"serviceUrl\":\"a\"}");
        assertThat(payload.contentType()).isEqualTo(JSON_TYPE);
        assertThat(payload.sourceMediaType()).isEqualTo(contentType.replaceAll(";.*", ""));
        assertThat(payload.serviceUrls()).containsExactly(new JsonStrings.Span(14, 17, "a"));
    }

    @Test
    void theCharsetOfTheMediaType_isThatOfTheXml() {
        Buffer body = Buffer.buffer("<Activity><text>").appendByte((byte) 0xE4).appendString("</text></Activity>");

        Payload.Whole payload = whole(send("POST", SEND, "text/xml; charset=iso-8859-1", InMemoryBody.of(body)));

        assertThat(payload.bytes().toString()).isEqualTo("{\"text\":\"ä\"}");
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /v3/conversations, <ConversationParameters><isGroup>1</isGroup></ConversationParameters>",
        "POST, /v3/conversations/c/activities, <Activity/>",
        "POST, /v3/conversations/c/activities/history, <Transcript/>",
        "POST, /v3/conversations/c/activities/a, <Activity/>",
        "PUT, /v3/conversations/c/activities/a, <Activity/>",
        "POST, /v3/conversations/c/attachments, <AttachmentData/>"
    })
    void eachOfTheSixOperations_expectsItsOwnModel(String method, String path, String xml) {
        Failure other = failureOf(send(method, path, "text/xml", InMemoryBody.of(Buffer.buffer("<ChannelAccount/>"))));
        Payload.Whole payload = whole(send(method, path, "text/xml", InMemoryBody.of(Buffer.buffer(xml))));

        assertThat(other).isEqualTo(Failure.MALFORMED_BODY);
        assertThat(payload.bytes().toString()).startsWith("{");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "text/plain | Content-Type: text/plain (expected: application/json, text/json, application/xml, text/xml or application/x-www-form-urlencoded)",
                "multipart/form-data; boundary=x | Content-Type: multipart/form-data (expected: ",
                "text/x+json | Content-Type: text/x+json (expected: ",
                "json | Content-Type is malformed (expected: ",
                "a/b/c | Content-Type is malformed (expected: ",
                "application/json; charset=utf-16 | charset: utf-16 (expected: utf-8 or us-ascii)",
                "text/json;x=\"a;b\" ; Charset = \"latin1\" | charset: latin1 (expected: utf-8 or us-ascii)",
                "application/x-www-form-urlencoded; charset=iso-8859-1 | charset: iso-8859-1 (expected: utf-8)",
                "application/x-www-form-urlencoded; charset=us-ascii | charset: us-ascii (expected: utf-8)",
                "text/xml; charset=klingon | charset: klingon (expected: utf-8)",
                "text/xml; charset=? | charset: ? (expected: utf-8)"
            })
    void anotherMediaType_isRefusedUnread(String contentType, String message) {
        InMemoryBody body = InMemoryBody.of(Buffer.buffer("{}"));

        Future<Reply> reply = send("POST", SEND, contentType, body);

        assertThat(failureOf(reply)).isEqualTo(Failure.UNSUPPORTED_MEDIA_TYPE);
        assertThat(reply.cause()).hasMessageStartingWith(message);
        assertThat(body.wasRead()).isFalse();
        assertThat(calls).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "br | br",
                "identity, br | br",
                "X-Odd | x-odd",
                "gzip, gzip | gzip, gzip",
                "zstd, gzip | zstd, gzip"
            })
    void anUnknownCoding_isRefusedUnread_andTheSupportedOnesAreNamed(String encoding, String told) {
        InMemoryBody body = InMemoryBody.of(Buffer.buffer("{}"));
        MultiMap headers = headers("application/json").add("Content-Encoding", encoding);

        Future<Reply> reply = send("POST", SEND, headers, body);

        assertThat(failureOf(reply)).isEqualTo(Failure.UNSUPPORTED_MEDIA_TYPE);
        assertThat(reply.cause())
                .hasMessage("Content-Encoding: " + told + " (expected: one of gzip, deflate, identity)");
        assertThat(((GatewayException) reply.cause()).headers())
                .containsExactly(Map.entry("Accept-Encoding", "gzip, deflate, identity"));
        assertThat(body.wasRead()).isFalse();
    }

    @ParameterizedTest
    @EnumSource(Compressed.class)
    void aCompressedBody_isDecompressed_andHeadersOfItsBytesAreRemoved(Compressed compressed) {
        Buffer json = Buffer.buffer("{ \"text\" : \"a\", \"serviceUrl\":\"b\" }");
        MultiMap headers = headers("application/json")
                .add("Content-Encoding", compressed.coding())
                .add("Content-Digest", "sha-256=:x:")
                .add("X-Other", "y");

        Payload.Whole payload = whole(send("POST", SEND, headers, InMemoryBody.of(compressed.of(json))));

        assertThat(payload.bytes()).isEqualTo(json);
        assertThat(payload.serviceUrls()).extracting(JsonStrings.Span::value).containsExactly("b");
        assertThat(payload.contentType()).isNull();
        assertThat(calls.get(0).head().headers().names()).containsExactlyInAnyOrder("Content-Type", "X-Other");
        assertThat(headers.names()).contains("Content-Encoding");
    }

    @Test
    void compressedXmlAndForms_becomeJson() {
        MultiMap xml = headers("text/xml").add("Content-Encoding", "gzip");
        MultiMap form = headers("application/x-www-form-urlencoded").add("Content-Encoding", "DEFLATE, identity");

        assertThat(whole(send(
                                "POST",
                                SEND,
                                xml,
                                InMemoryBody.chunked(
                                        Compressed.GZIP.of(Buffer.buffer("<Activity><text>a</text></Activity>")))))
                        .bytes()
                        .toString())
                .isEqualTo("{\"text\":\"a\"}");
        assertThat(whole(send("POST", SEND, form, InMemoryBody.of(Compressed.ZLIB.of(Buffer.buffer("text=a")))))
                        .bytes()
                        .toString())
                .isEqualTo("{\"text\":\"a\"}");
    }

    @Test
    void aBodyThatDecompressesBeyondTheLimit_isTooLarge() {
        MultiMap headers = headers("application/json").add("Content-Encoding", "gzip");
        Buffer json = Buffer.buffer("\"" + "a".repeat(999) + "\"");

        Future<Reply> reply = send("POST", SEND, headers, InMemoryBody.of(Compressed.GZIP.of(json)));

        assertThat(failureOf(reply)).isEqualTo(Failure.BODY_TOO_LARGE);
        assertThat(reply.cause()).hasMessage("The body expands to more than maximum-body-bytes, 1000");
    }

    @Test
    void compressedUncheckedBodies_passUnchanged() {
        MultiMap headers = headers("application/json").add("Content-Encoding", "br");
        Buffer body = Buffer.buffer("any");

        Payload.Whole payload =
                whole(send("DELETE", "/v3/conversations/c/activities/a", headers, InMemoryBody.of(body)));

        assertThat(payload.bytes()).isSameAs(body);
        assertThat(calls.get(0).head().headers().get("Content-Encoding")).isEqualTo("br");
    }

    @Test
    void identity_isNoCompression() {
        MultiMap headers = headers("application/json").add("Content-Encoding", "identity");

        assertThat(whole(send("POST", SEND, headers, InMemoryBody.of(Buffer.buffer("{}"))))
                        .contentType())
                .isNull();
    }

    @Test
    void twoContentTypes_areRefused() {
        MultiMap headers = headers("application/json").add("Content-Type", "text/xml");

        Future<Reply> reply = send("POST", SEND, headers, InMemoryBody.of(Buffer.buffer("{}")));

        assertThat(failureOf(reply)).isEqualTo(Failure.UNSUPPORTED_MEDIA_TYPE);
        assertThat(reply.cause()).hasMessage("Content-Type occurs 2 times (expected: once)");
    }

    @ParameterizedTest
    @CsvSource({
        "application/json, {'text'}",
        "text/json, NaN",
        "text/xml, <Activity>",
        "application/x-www-form-urlencoded, text=%"
    })
    void aMalformedBody_isRefusedWithItsPosition(String contentType, String body) {
        Future<Reply> reply = send("POST", SEND, contentType, InMemoryBody.chunked(Buffer.buffer(body)));

        assertThat(failureOf(reply)).isEqualTo(Failure.MALFORMED_BODY);
        assertThat(reply.cause()).hasMessageStartingWith("line 1, column ");
        assertThat(calls).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "text/xml", "application/x-www-form-urlencoded"})
    void anEmptyBodyOfUnknownLength_isNoBody(String contentType) {
        Future<Reply> reply = send("POST", SEND, contentType, InMemoryBody.chunked(Buffer.buffer()));

        assertThat(reply.succeeded()).isTrue();
        assertThat(calls.get(0).payload()).isEqualTo(new Payload.None());
    }

    @Test
    void aBodyBeyondTheLimit_isRefused() {
        InMemoryBody declared = InMemoryBody.of(Buffer.buffer("\"" + "a".repeat(999) + "\""));
        InMemoryBody chunked = InMemoryBody.chunked(Buffer.buffer("\"" + "a".repeat(999) + "\""));

        assertThat(failureOf(send("POST", SEND, "application/json", declared))).isEqualTo(Failure.BODY_TOO_LARGE);
        assertThat(failureOf(send("POST", SEND, "application/json", chunked))).isEqualTo(Failure.BODY_TOO_LARGE);
        assertThat(declared.wasRead()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /v3/conversations/c/members",
        "DELETE, /v3/conversations/c/activities/a",
        "POST, /v3/conversations/c/activities",
        "POST, /v3/batch/conversation/users",
        "GET, /v3/attachments/a"
    })
    void noBody_staysNone(String method, String path) {
        assertThat(payload(send(method, path, "application/json", InMemoryBody.of(Buffer.buffer()))))
                .isEqualTo(new Payload.None());
    }

    @ParameterizedTest
    @CsvSource({"GET, /v3/conversations/c/members", "DELETE, /v3/conversations/c/activities/a"})
    void anUnexpectedBody_passesUnchanged(String method, String path) {
        Buffer body = Buffer.buffer("{not json");

        Payload.Whole payload = whole(send(method, path, "Text/Odd; a=b", InMemoryBody.chunked(body)));

        assertThat(payload).isEqualTo(new Payload.Whole(body, null, "text/odd", List.of()));
        assertThat(payload(send(method, path, "text/odd", InMemoryBody.chunked(Buffer.buffer()))))
                .isEqualTo(new Payload.None());
    }

    @Test
    void shortBodiesOfOtherMutations_areReadUnchecked() {
        Buffer body = Buffer.buffer("{not json");

        Payload.Whole payload =
                whole(send("POST", "/v3/batch/conversation/users", "application/json", InMemoryBody.of(body)));

        assertThat(payload).isEqualTo(new Payload.Whole(body, null, "application/json", List.of()));
    }

    @Test
    void otherBodies_areStreamed_whereTheyAreLongOrOfUnknownLengthOrNoMutation() {
        InMemoryBody longer = InMemoryBody.of(Buffer.buffer("a".repeat(51)));
        InMemoryBody unknown = InMemoryBody.chunked(Buffer.buffer("a"));
        InMemoryBody read = InMemoryBody.of(Buffer.buffer("a"));

        assertThat(payload(send("POST", "/v3/batch/x", "text/plain", longer)))
                .isEqualTo(new Payload.Streamed(longer.stream(), 51));
        assertThat(payload(send("POST", "/v3/batch/x", "text/plain", unknown)))
                .isEqualTo(new Payload.Streamed(unknown.stream(), -1));
        assertThat(payload(send("GET", "/v3/batch/x", "text/plain", read)))
                .isEqualTo(new Payload.Streamed(read.stream(), 1));
        assertThat(longer.wasRead() || unknown.wasRead() || read.wasRead()).isFalse();
    }

    private Future<Reply> send(String method, String path, String contentType, InMemoryBody body) {
        return send(method, path, headers(contentType), body);
    }

    private Future<Reply> send(String method, String path, MultiMap headers, InMemoryBody body) {
        RequestHead head = new RequestHead(
                "id",
                Instant.EPOCH,
                method,
                "teams",
                path,
                RouteTable.match(method, path),
                headers,
                new Peer("127.0.0.1", "http", "gate.example"));
        return normalizer.apply(new Identified(head, Caller.anonymous(), body), this::answer);
    }

    private Future<Reply> answer(Call call) {
        calls.add(call);
        return Future.succeededFuture(
                new Reply(200, "OK", MultiMap.caseInsensitiveMultiMap(), new ReplyBody.Whole(Buffer.buffer())));
    }

    private static MultiMap headers(String contentType) {
        MultiMap headers = MultiMap.caseInsensitiveMultiMap();
        return contentType == null ? headers : headers.add("Content-Type", contentType);
    }

    private Payload payload(Future<Reply> reply) {
        assertThat(reply.cause()).isNull();
        return calls.get(calls.size() - 1).payload();
    }

    private Payload.Whole whole(Future<Reply> reply) {
        assertThat(payload(reply)).isInstanceOf(Payload.Whole.class);
        return (Payload.Whole) payload(reply);
    }

    private static Failure failureOf(Future<Reply> reply) {
        assertThat(reply.cause()).isInstanceOf(GatewayException.class);
        return ((GatewayException) reply.cause()).failure();
    }
}
