package dev.botgate.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.botgate.testing.ScriptedUpstream.FullBacklog;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class ScriptedUpstreamTest {
    private static final String GET = Raw.request("GET /a?b|c HTTP/1.1", List.of("X-A: 1", "x-a: 2"), "");

    @Test
    void itPlaysOneScriptForEachRequest_andTheLastForEver() {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(Script.reply(500, "{}"), Script.reply(200, "\"ü\""));
                Raw raw = Raw.connect(upstream.url())) {
            assertThat(raw.send(GET).reply().status()).isEqualTo(500);
            assertThat(raw.send(GET).reply().text()).isEqualTo("\"ü\"");
            assertThat(raw.send(GET).reply().status()).isEqualTo(200);

            assertThat(upstream.take().requestLine()).isEqualTo("GET /a?b|c HTTP/1.1");
            assertThat(upstream.requests()).hasSize(3).allSatisfy(request -> {
                assertThat(request.all("X-A")).containsExactly("1", "2");
                assertThat(request.connection()).isEqualTo(1);
            });
        }
    }

    @Test
    void bodiesAreReadByLengthAndByChunks() {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(Script.reply(200, "{}"));
                Raw raw = Raw.connect(upstream.url())) {
            assertThat(raw.send(Raw.request("POST / HTTP/1.1", List.of(), "ü"))
                            .reply()
                            .status())
                    .isEqualTo(200);
            assertThat(raw.send(
                                    "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\nT: 1\r\n\r\n")
                            .reply()
                            .status())
                    .isEqualTo(200);

            assertThat(upstream.take().body()).hasSize(2);
            ScriptedUpstream.Request chunked = upstream.take();
            assertThat(chunked.body()).isEqualTo("abc");
            assertThat(chunked.all("T")).containsExactly("1");
        }
    }

    @Test
    void aChunkedReply_hasItsTrailers() {
        Raw.Reply reply = replyOf(Script.chunked(List.of("ab", "c"), List.of("Digest: x")));

        assertThat(reply.text()).isEqualTo("abc");
        assertThat(reply.trailers()).containsExactly(Map.entry("Digest", "x"));
    }

    @Test
    void aReplyWithoutALength_endsWithItsConnection() {
        assertThat(replyOf(Script.closeDelimited("{\"a\":1}")).text()).isEqualTo("{\"a\":1}");
    }

    @Test
    void anInformationalReply_comesBeforeTheFinalOne() {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(Script.informational(103, "{}"));
                Raw raw = Raw.connect(upstream.url())) {
            assertThat(raw.send(GET).next().status()).isEqualTo(103);
            assertThat(raw.next().text()).isEqualTo("{}");
        }
    }

    @Test
    void aHugeHeader_hasItsSize() {
        assertThat(replyOf(Script.hugeHeader(70_000)).header("X-Huge"))
                .hasValueSatisfying(value -> assertThat(value).hasSize(70_000));
    }

    @Test
    void aCutHead_isNothingAtAll() {
        assertThat(bytesOf(Script.cutHead())).isEmpty();
    }

    @Test
    void garbage_isNoHttp() {
        assertThat(new String(bytesOf(Script.garbage()), StandardCharsets.ISO_8859_1))
                .doesNotContain("HTTP/1.1");
    }

    @Test
    void aCutBody_isShorterThanDeclared() {
        assertThatThrownBy(() -> replyOf(Script.cutBody(10, "abc")))
                .hasCauseInstanceOf(EOFException.class)
                .hasMessageContaining("closed after 3 of 10");
    }

    @Test
    void aReset_isNoGoodEnd() {
        assertThatThrownBy(() -> bytesOf(Script.resetHead())).hasCauseInstanceOf(SocketException.class);
    }

    @Test
    void aHaltedBody_goesOnWhenTheGateOpens() {
        CountDownLatch gate = new CountDownLatch(1);
        try (ScriptedUpstream upstream = ScriptedUpstream.start(Script.halted("ab", gate, "cd"));
                Raw raw = Raw.connect(upstream.url())) {
            raw.send(GET);
            assertThat(upstream.take().requestLine()).startsWith("GET");
            gate.countDown();

            assertThat(raw.reply().text()).isEqualTo("abcd");
        }
    }

    @Test
    void whenItHangs_closingItEndsTheConnection() {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(Script.hang());
                Raw raw = Raw.connect(upstream.url())) {
            raw.send(GET);
            assertThat(upstream.take().body()).isEmpty();
            upstream.close();

            assertThat(raw.untilClosed()).isEmpty();
        }
    }

    @Test
    void nobody_refusesConnections() {
        URI nobody = ScriptedUpstream.nobody();

        assertThatThrownBy(() -> Raw.connect(nobody)).hasCauseInstanceOf(ConnectException.class);
    }

    @Test
    void aFullBacklog_neitherTakesNorRefusesConnections() throws IOException {
        try (FullBacklog full = FullBacklog.start();
                Socket socket = new Socket()) {
            assertThatThrownBy(() -> socket.connect(
                            new InetSocketAddress(
                                    full.url().getHost(), full.url().getPort()),
                            50))
                    .isInstanceOf(SocketTimeoutException.class);
        }
    }

    private static Raw.Reply replyOf(Script script) {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(script);
                Raw raw = Raw.connect(upstream.url())) {
            return raw.send(GET).reply();
        }
    }

    private static byte[] bytesOf(Script script) {
        try (ScriptedUpstream upstream = ScriptedUpstream.start(script);
                Raw raw = Raw.connect(upstream.url())) {
            return raw.send(GET).untilClosed();
        }
    }
}
