package dev.botgate.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.filter.ThresholdFilter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.botgate.testing.Raw;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/** Requests that two parties could read differently: refused with 400, the connection closed, nothing forwarded. */
class SmugglingTest extends GatewayTestBase {
    private static final String LINE = SEND + " HTTP/1.1\r\n";
    private static final String HOST = "Host: x\r\n";
    private static final String TYPE = JSON + "\r\n";
    private static final String CHUNKED = LINE + HOST + TYPE + "Transfer-Encoding: chunked\r\n\r\n";
    private static final String SMUGGLED = "DELETE /v3/conversations/victim/members/m HTTP/1.1\r\nHost: x\r\n\r\n";

    // spotless:off
    static Stream<Arguments> ambiguous() {
        return Stream.of(
                request("both lengths", LINE + HOST + TYPE + "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nX"),
                request("both lengths, the other way", LINE + HOST + TYPE + "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n"),
                request("two lengths", LINE + HOST + TYPE + "Content-Length: 2\r\nContent-Length: 5\r\n\r\n{}   "),
                request("one length twice", LINE + HOST + TYPE + "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}"),
                request("a list of lengths", LINE + HOST + TYPE + "Content-Length: 2, 5\r\n\r\n{}   "),
                request("a list of equal lengths", LINE + HOST + TYPE + "Content-Length: 2, 2\r\n\r\n{}"),
                request("a length with a sign", LINE + HOST + TYPE + "Content-Length: +2\r\n\r\n{}"),
                request("a negative length", LINE + HOST + TYPE + "Content-Length: -2\r\n\r\n{}"),
                request("a hexadecimal length", LINE + HOST + TYPE + "Content-Length: 0x2\r\n\r\n{}"),
                request("an empty length", LINE + HOST + TYPE + "Content-Length:\r\n\r\n{}"),
                request("an endless length", LINE + HOST + TYPE + "Content-Length: 99999999999999999999\r\n\r\n{}"),
                request("a length in other digits", LINE + HOST + TYPE + "Content-Length: \u00b2\r\n\r\n{}"),
                request("a length with a space inside", LINE + HOST + TYPE + "Content-Length: 2 5\r\n\r\n{}   "),
                request("a space before the colon", LINE + HOST + TYPE + "Content-Length : 2\r\n\r\n{}"),
                request("a space before the coding's colon", LINE + HOST + TYPE + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n"),
                request("a first header that is folded", LINE + " Content-Length: 2\r\n" + HOST + TYPE + "\r\n{}"),
                request("another coding", LINE + HOST + TYPE + "Transfer-Encoding: gzip\r\n\r\n0\r\n\r\n"),
                request("a coding before", LINE + HOST + TYPE + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
                request("a coding after", LINE + HOST + TYPE + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n"),
                request("chunked twice", LINE + HOST + TYPE + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
                request("almost chunked", LINE + HOST + TYPE + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"),
                request("chunked with a control", LINE + HOST + TYPE + "Transfer-Encoding: chunked\u000b\r\n\r\n0\r\n\r\n"),
                request("chunked in quotes", LINE + HOST + TYPE + "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n"),
                request("a parameter of chunked", LINE + HOST + TYPE + "Transfer-Encoding: chunked;q=1\r\n\r\n0\r\n\r\n"),
                request("an empty coding", LINE + HOST + TYPE + "Transfer-Encoding:\r\n\r\n0\r\n\r\n"),
                request("bare line feeds", SEND + " HTTP/1.1\nHost: x\n" + JSON + "\nContent-Length: 2\n\n{}"),
                request("one bare line feed", LINE + HOST + TYPE + "X-A: a\nContent-Length: 2\r\n\r\n{}"),
                request("a carriage return inside", LINE + HOST + TYPE + "X-A: a\rContent-Length: 9\r\nContent-Length: 2\r\n\r\n{}"),
                request("a null inside", LINE + HOST + TYPE + "X-A: a\u0000b\r\nContent-Length: 2\r\n\r\n{}"),
                request("a header without a name", LINE + HOST + TYPE + ": a\r\nContent-Length: 2\r\n\r\n{}"),
                request("a header with a space in its name", LINE + HOST + TYPE + "X A: a\r\nContent-Length: 2\r\n\r\n{}"),
                request("a header without a colon", LINE + HOST + TYPE + "X-A\r\nContent-Length: 2\r\n\r\n{}"),
                request("no host", LINE + TYPE + "Content-Length: 2\r\n\r\n{}"),
                request("two hosts", LINE + HOST + "Host: y\r\n" + TYPE + "Content-Length: 2\r\n\r\n{}"),
                request("one host twice", LINE + HOST + HOST + TYPE + "Content-Length: 2\r\n\r\n{}"),
                request("a host with a path", LINE + "Host: x/y\r\n" + TYPE + "Content-Length: 2\r\n\r\n{}"),
                request("a host with a user", LINE + "Host: a@x\r\n" + TYPE + "Content-Length: 2\r\n\r\n{}"),
                request("a host with a space", LINE + "Host: x y\r\n" + TYPE + "Content-Length: 2\r\n\r\n{}"),
                request("a connection that takes the token away", LINE + HOST + TYPE + "Authorization: Bearer a.b.c\r\nConnection: authorization\r\nContent-Length: 2\r\n\r\n{}"),
                request("another method in a header with underscores", "GET /v3/conversations/c/members HTTP/1.1\r\n" + HOST + "X_HTTP_Method_Override: DELETE\r\n\r\n"),
                request("another method in the query", "GET /v3/conversations/c/members/m?_method=DELETE HTTP/1.1\r\n" + HOST + "\r\n"),
                request("another target in a header", "GET /v3/teams/t HTTP/1.1\r\n" + HOST + "X-Original-URL: /v3/conversations/c/members\r\n\r\n"),
                request("a fragment", "POST /v3/conversations/c/activities#x HTTP/1.1\r\n" + HOST + TYPE + "Content-Length: 2\r\n\r\n{}"),
                request("a backslash", "POST /v3\\conversations/c/activities HTTP/1.1\r\n" + HOST + TYPE + "Content-Length: 2\r\n\r\n{}"),
                request("a space in the target", "POST /v3/conversations/c d/activities HTTP/1.1\r\n" + HOST + TYPE + "Content-Length: 2\r\n\r\n{}"),
                request("a control in the target", "POST /v3/conversations/\u0001/activities HTTP/1.1\r\n" + HOST + TYPE + "Content-Length: 2\r\n\r\n{}"),
                request("dot segments", "POST /v3/x/../conversations/c/activities HTTP/1.1\r\n" + HOST + TYPE + "Content-Length: 2\r\n\r\n{}"),
                request("encoded dot segments", "POST /v3/x/%2e%2E/conversations/c/activities HTTP/1.1\r\n" + HOST + TYPE + "Content-Length: 2\r\n\r\n{}"),
                request("a dot segment at the end", "POST /v3/conversations/c/activities/.. HTTP/1.1\r\n" + HOST + TYPE + "Content-Length: 2\r\n\r\n{}"),
                request("a target without a path", "POST v3/conversations HTTP/1.1\r\n" + HOST + TYPE + "Content-Length: 2\r\n\r\n{}"),
                request("no version", "GET /v3/conversations\r\n" + HOST + "\r\n"),
                request("a tab in the request line", SEND.replace(' ', '\t') + "\tHTTP/1.1\r\n" + HOST + TYPE + "Content-Length: 2\r\n\r\n{}"),
                request("a vertical tab in the request line", SEND + "\u000bHTTP/1.1\r\n" + HOST + TYPE + "Content-Length: 2\r\n\r\n{}"),
                request("a form feed in the request line", SEND + "\fHTTP/1.1\r\n" + HOST + TYPE + "Content-Length: 2\r\n\r\n{}"),
                request("a carriage return in the request line", SEND + "\rHTTP/1.1\r\n" + HOST + TYPE + "Content-Length: 2\r\n\r\n{}"),
                request("a form feed after the method", SEND.replace(' ', '\f') + " HTTP/1.1\r\n" + HOST + TYPE + "Content-Length: 2\r\n\r\n{}"),
                request("two spaces in the request line", SEND + "  HTTP/1.1\r\n" + HOST + TYPE + "Content-Length: 2\r\n\r\n{}"),
                request("a space after the version", SEND + " HTTP/1.1 \r\n" + HOST + TYPE + "Content-Length: 2\r\n\r\n{}"),
                request("a space before the method", " " + LINE + HOST + TYPE + "Content-Length: 2\r\n\r\n{}"),
                request("a null before the method", "\u0000" + LINE + HOST + TYPE + "Content-Length: 2\r\n\r\n{}"),
                request("a bare carriage return before the method", "\r" + LINE + HOST + TYPE + "Content-Length: 2\r\n\r\n{}"),
                request("a vertical tab in a value", LINE + HOST + TYPE + "X-A: a\u000bb\r\nContent-Length: 2\r\n\r\n{}"),
                request("a form feed before a value", LINE + HOST + TYPE + "X-A:\fb\r\nContent-Length: 2\r\n\r\n{}"),
                request("a form feed after a value", LINE + HOST + TYPE + "X-A: b\f\r\nContent-Length: 2\r\n\r\n{}"),
                request("a vertical tab that begins a header", LINE + HOST + TYPE + "\u000bX-A: b\r\nContent-Length: 2\r\n\r\n{}"),
                request("a carriage return for a line end", LINE + HOST + TYPE + "X-A: b\rX-B: c\r\nContent-Length: 2\r\n\r\n{}"),
                request("a carriage return in a name", LINE + HOST + TYPE + "X-\rA: b\r\nContent-Length: 2\r\n\r\n{}"),
                request("eight bytes behind keys of an old WebSocket", "GET /v3/conversations HTTP/1.1\r\n" + HOST + "Connection: Upgrade\r\nUpgrade: WebSocket\r\nSec-WebSocket-Key1: 1\r\nSec-WebSocket-Key2: 2\r\n\r\n12345678"),
                request("a method that is no token", "GE(T /v3/conversations HTTP/1.1\r\n" + HOST + "\r\n"));
    }

    static Stream<Arguments> brokenInTheBody() {
        return Stream.of(
                request("a chunk size with a prefix", CHUNKED + "0x2\r\n{}\r\n0\r\n\r\n"),
                request("a negative chunk size", CHUNKED + "-2\r\n{}\r\n0\r\n\r\n"),
                request("a chunk size with a sign", CHUNKED + "+2\r\n{}\r\n0\r\n\r\n"),
                request("an endless chunk size", CHUNKED + "fffffffffffffffff2\r\n{}\r\n0\r\n\r\n"),
                request("a chunk size that wraps", CHUNKED + "100000002\r\n{}\r\n0\r\n\r\n"),
                request("an empty chunk size", CHUNKED + "\r\n{}\r\n0\r\n\r\n"),
                request("a chunk size ended by a line feed", CHUNKED + "2\n{}\r\n0\r\n\r\n"),
                request("an extension ended by a line feed", CHUNKED + "2;a\n{}\r\n0\r\n\r\n"),
                request("a chunk longer than its size", CHUNKED + "2\r\n{}X\r\n0\r\n\r\n"),
                request("a chunk size behind a vertical tab", CHUNKED + "\u000b2\r\n{}\r\n0\r\n\r\n"),
                request("a chunk size ended by a form feed", CHUNKED + "2\f\r\n{}\r\n0\r\n\r\n"),
                request("a chunk size with a vertical tab", CHUNKED + "2\u000b;a\r\n{}\r\n0\r\n\r\n"),
                request("a chunk size ended by a carriage return", CHUNKED + "2\r{}\r\n0\r\n\r\n"),
                request("a chunk size with a carriage return", CHUNKED + "2\rX\r\n{}\r\n0\r\n\r\n"),
                request("an extension with a carriage return", CHUNKED + "2;a\rb\r\n{}\r\n0\r\n\r\n"),
                request("an extension with a null", CHUNKED + "2;a=\u0000\r\n{}\r\n0\r\n\r\n"),
                request("two chunk sizes", CHUNKED + "2 3\r\n{}\r\n0\r\n\r\n"),
                request("a chunk ended by a carriage return", CHUNKED + "2\r\n{}\r\r0\r\n\r\n"),
                request("a last chunk ended by a carriage return", CHUNKED + "2\r\n{}\r\n0\r\r\n"),
                request("a chunk ended by a line feed", CHUNKED + "2\r\n{}\n0\r\n\r\n"),
                request("a chunk that ends in nothing", CHUNKED + "2\r\n{}0\r\n\r\n"));
    }
    // spotless:on

    private static ListAppender<ILoggingEvent> errorsOfTheServer() {
        Logger log = (Logger) LoggerFactory.getLogger("dev.botgate");
        ThresholdFilter errorsOnly = new ThresholdFilter();
        errorsOnly.setLevel("ERROR");
        errorsOnly.start();
        ListAppender<ILoggingEvent> errors = new ListAppender<>();
        errors.addFilter(errorsOnly);
        errors.setContext(log.getLoggerContext());
        errors.start();
        log.addAppender(errors);
        return errors;
    }

    private static Arguments request(String name, String text) {
        return Arguments.of(name, text);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("ambiguous")
    void anAmbiguousRequest_endsItsConnection_andNothingIsForwarded(String name, String text) {
        int connections = upstream().connections();
        String answers;
        try (Raw client = Raw.connect(gateway().address())) {
            var unused = client.send(text + SMUGGLED + SMUGGLED);
            answers = new String(client.untilClosed(), StandardCharsets.ISO_8859_1);
        }

        assertThat(answers).matches("(?s)HTTP/1.[01] 400 .*").containsOnlyOnce("Content-Type: ");
        assertThat(answers).contains("\"error\":{\"code\":\"MalformedRequest\"");
        assertThat(upstream().requests()).isEmpty();
        assertThat(upstream().connections()).isEqualTo(connections);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("brokenInTheBody")
    void aBodyWhoseChunksAreBroken_endsItsConnection_andNothingIsForwarded(String name, String text) {
        int connections = upstream().connections();
        String answers;
        try (Raw client = Raw.connect(gateway().address())) {
            answers = new String(client.send(text + SMUGGLED).untilClosed(), StandardCharsets.ISO_8859_1);
        }

        assertThat(answers).matches("(?s)HTTP/1.1 400 .*").containsOnlyOnce("Content-Type: ");
        assertThat(answers).contains("\"error\":{\"code\":\"MalformedRequest\"");
        assertThat(upstream().requests()).isEmpty();
        assertThat(upstream().connections()).isEqualTo(connections);
    }

    @ParameterizedTest
    @CsvSource({
        "GET /v3/conversations HTTP/1.2, 505 HTTP Version Not Supported, HttpVersionNotSupported",
        "GET /v3/conversations HTTP/3.0, 505 HTTP Version Not Supported, HttpVersionNotSupported",
        "PRI * HTTP/2.0, 505 HTTP Version Not Supported, HttpVersionNotSupported",
        "GET /v3/conversations http/1.1, 400 Bad Request, MalformedRequest",
        "GET /v3/conversations HTTX/1.1, 400 Bad Request, MalformedRequest",
        "GET /v3/conversations HTTP/1.10, 400 Bad Request, MalformedRequest",
        "GET /v3/conversations HTTP/11, 400 Bad Request, MalformedRequest",
        "GET /v3/conversations EVIL, 400 Bad Request, MalformedRequest"
    })
    void aVersionThatIsNotSpoken_isRefusedInOurForm(String requestLine, String status, String code) {
        String answers;
        try (Raw client = Raw.connect(gateway().address())) {
            var unused = client.send(requestLine + "\r\nHost: x\r\n\r\n" + SMUGGLED);
            answers = new String(client.untilClosed(), StandardCharsets.ISO_8859_1);
        }

        assertThat(answers).startsWith("HTTP/1.1 " + status + "\r\n").containsOnlyOnce("HTTP/1.1 ");
        assertThat(answers).contains("\"code\":\"" + code + "\"").doesNotContain("EVIL", "HTTX");
        assertThat(upstream().requests()).isEmpty();
    }

    @Test
    void aFoldedHeader_isOneLineFromHereOn() {
        Raw.Reply reply = gateway()
                .ask(LINE + HOST + TYPE
                        + "X-Folded: a\r\n b\r\nTransfer-Encoding:\r\n chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n");

        assertThat(reply.status()).isEqualTo(200);
        var arrived = upstream().take();
        assertThat(arrived.body()).isEqualTo("{}");
        assertThat(arrived.all("X-Folded")).containsExactly("a b");
    }

    @Test
    void aTrailer_isNoHeader() {
        Raw.Reply reply = gateway()
                .ask(CHUNKED + "2;ext=1\r\n{}\r\n0\r\nContent-Length: 99\r\nAuthorization: Bearer x.y.z\r\n\r\n");

        assertThat(reply.status()).isEqualTo(200);
        var arrived = upstream().take();
        assertThat(arrived.body()).isEqualTo("{}");
        assertThat(arrived.all("Authorization")).isEmpty();
        assertThat(arrived.all("Content-Length")).containsExactly("2");
    }

    @Test
    void aHeadBeyondItsBounds_isRefused() {
        Raw.Reply target = ask("GET /v3/" + "x".repeat(9_000), "");
        Raw.Reply headers = ask("GET /v3/teams/t", "", "X-Long: " + "x".repeat(40_000));

        assertThat(target.status()).isEqualTo(414);
        assertThat(code(target)).isEqualTo("UriTooLong");
        assertThat(headers.status()).isEqualTo(431);
        assertThat(code(headers)).isEqualTo("HeadersTooLarge");
        assertThat(upstream().requests()).isEmpty();
    }

    @Test
    void aBrokenChunkOfAStreamedBody_leavesNoWholeRequestUpstream_andNoErrorInTheLog() {
        ListAppender<ILoggingEvent> errors = errorsOfTheServer();
        String answers;
        try (Raw client = Raw.connect(gateway().address())) {
            var unused = client.send("POST /v3/anything HTTP/1.1\r\n" + HOST + "x-ms-client-request-id: " + requestId()
                    + "\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}X\r\n0\r\n\r\n" + SMUGGLED);
            answers = new String(client.untilClosed(), StandardCharsets.ISO_8859_1);
        }

        assertThat(answers).matches("(?s)(HTTP/1.1 400 .*)?");
        assertThat(gateway().closedEntry(requestId()).outcome().sentWhole()).isFalse();
        errors.stop();
        assertThat(errors.list).isEmpty();
        assertThat(upstream().requests()).isEmpty();
    }
}
