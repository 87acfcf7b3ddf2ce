package dev.botgate.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.testing.Raw;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExpectContinueTest extends GatewayTestBase {

    @ParameterizedTest
    @ValueSource(
            strings = {"POST /v3/conversations/c/activities", "POST /v1/meetings/m/notification", "PUT /v3/anything"})
    void whatIsAdmitted_isToldToContinue(String methodAndTarget) {
        try (Raw client = Raw.connect(gateway().address())) {
            Raw.Reply interim = client.send(head(methodAndTarget, JSON)).next();
            Raw.Reply reply = client.send(HELLO).next();

            assertThat(interim.status()).isEqualTo(100);
            assertThat(reply.status()).isEqualTo(200);
        }
        var arrived = upstream().take();
        assertThat(arrived.body()).isEqualTo(HELLO);
        assertThat(arrived.all("Expect")).isEmpty();
    }

    @Test
    void aStreamedBody_isAskedForToo() {
        try (Raw client = Raw.connect(gateway().address())) {
            Raw.Reply interim = client.send(
                            request("POST /v3/anything", "", "Expect: 100-Continue", "Transfer-Encoding: chunked"))
                    .next();
            Raw.Reply reply = client.send("2\r\nab\r\n0\r\n\r\n").next();

            assertThat(interim.status()).isEqualTo(100);
            assertThat(reply.status()).isEqualTo(200);
        }
        assertThat(upstream().take().body()).isEqualTo("ab");
    }

    @Test
    void whatIsRefused_isRefusedWithoutItsBody() {
        try (Raw client = Raw.connect(gateway().address())) {
            Raw.Reply only =
                    client.send(head(SEND, "Content-Type: application/pdf")).next();

            assertThat(only.status()).isEqualTo(415);
            assertThat(code(only)).isEqualTo("UnsupportedMediaType");
            assertThat(client.untilClosed()).isEmpty();
        }
        assertThat(upstream().requests()).isEmpty();
    }

    @Test
    void whatIsTooLarge_isRefusedWithoutItsBody() {
        try (Raw client = Raw.connect(gateway().address())) {
            Raw.Reply only = client.send(SEND + " HTTP/1.1\r\nHost: x\r\n" + JSON
                            + "\r\nExpect: 100-continue\r\nContent-Length: 99999999\r\n\r\n")
                    .next();

            assertThat(only.status()).isEqualTo(413);
        }
    }

    @Test
    void anotherExpectation_isNotMet() {
        Raw.Reply reply = ask(SEND, HELLO, JSON, "Expect: a-miracle");

        assertThat(reply.status()).isEqualTo(417);
        assertThat(code(reply)).isEqualTo("ExpectationFailed");
        assertThat(upstream().requests()).isEmpty();
    }

    private static String head(String methodAndTarget, String contentType) {
        return methodAndTarget + " HTTP/1.1\r\nHost: x\r\n" + contentType
                + "\r\nExpect: 100-continue\r\nContent-Length: " + HELLO.length() + "\r\n\r\n";
    }
}
