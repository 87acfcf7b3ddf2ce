package dev.botgate.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.exchange.Reply;
import dev.botgate.exchange.ReplyBody;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StoreDecisionTest {
    @ParameterizedTest
    @CsvSource({
        "STORE, Cache-Control, private",
        "STORE, Vary, Accept-Encoding",
        "STORE, Vary, 'accept, Authorization,accept-language'",
        "FORWARD, Cache-Control, no-store",
        "FORWARD, Cache-Control, 'private, No-Store'",
        "FORWARD, Vary, *",
        "FORWARD, Vary, 'Accept, X-Tenant'",
        "FORWARD, Set-Cookie, a=b"
    })
    void theRepliesHeaders_decideWhetherItIsKept(StoreDecision decision, String name, String value) {
        assertThat(decision(HeldService.reply(200, "list", Map.of(name, value))))
                .isEqualTo(decision);
    }

    @Test
    void ofRepeatedHeaders_everyOneCounts() {
        Reply reply = HeldService.ok("list");
        reply.headers().add("Vary", "Accept").add("Vary", "Cookie");

        assertThat(decision(reply)).isEqualTo(StoreDecision.FORWARD);
    }

    @ParameterizedTest
    @ValueSource(ints = {201, 202, 203, 204, 206, 301, 400, 401, 404, 429, 500, 503})
    void whatIsNo200_isNotKept(int status) {
        assertThat(decision(HeldService.reply(status, "", Map.of()))).isEqualTo(StoreDecision.SHARE);
    }

    @Test
    void whatIsNotHeldWhole_isNotKept() {
        Reply whole = HeldService.ok("list");

        assertThat(decision(whole.withBody(new ReplyBody.Absent(4)))).isEqualTo(StoreDecision.SHARE);
        assertThat(decision(whole.withBody(new ReplyBody.Streamed(new Chunks(), -1, () -> {}))))
                .isEqualTo(StoreDecision.FORWARD);
    }

    private static StoreDecision decision(Reply reply) {
        return StoreDecision.of(
                reply, ListKey.of(CacheRequest.members("x").request()).orElseThrow(), false);
    }
}
