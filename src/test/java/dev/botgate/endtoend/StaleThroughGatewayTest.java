package dev.botgate.endtoend;

import static dev.botgate.testing.Await.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.gateway.GatewayFixture;
import dev.botgate.testing.Raw;
import dev.botgate.testing.Script;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Lists that are stale from the beginning: one kind is loaded anew behind the answer, the other only kept for errors. */
class StaleThroughGatewayTest extends GatewayTestBase {
    private static final String ADA = "Authorization: Bearer ada.x.y";
    private static final String LIST = "[{\"id\":\"29:m\"}]";

    @Override
    GatewayFixture.Plan planned(GatewayFixture.Plan usual) {
        return usual.set("CACHE_CONVERSATION_MEMBERS_STALE_WHILE_REVALIDATE", "1h")
                .set("CACHE_PAGED_MEMBERS_STALE_WHILE_REVALIDATE", "0s")
                .set("CACHE_PAGED_MEMBERS_STALE_IF_ERROR", "1h")
                .set("CACHE_LOAD_PATIENCE", "3s")
                .set("RATELIMIT_LIMITS_LISTS_COUNT_BY", "[conversation]")
                .set("RATELIMIT_LIMITS_LISTS_WINDOWS", "3/1h");
    }

    @Test
    void aStaleList_isLoadedAnewBehindTheAnswer_forAPermitEachTime() {
        upstream().play(stale("[1]"), stale("[2]"), stale("[3]"));
        int before = upstream().requests().size();
        assertThat(members().text()).isEqualTo("[1]");

        until(() -> members().text().equals("[3]"));
        until(() -> refusals() > 0 || members().status() != 200);

        Raw.Reply still = members();
        assertThat(still.text()).isEqualTo("[3]");
        assertThat(still.header("Cache-Status").orElseThrow()).matches("botgate; hit; ttl=-\\d+; detail=stale-.*");
        assertThat(still.all("RateLimit")).isEmpty();
        assertThat(upstream().requests()).hasSize(before + 3);
    }

    @Test
    void whenTheUpstreamBreaks_aStaleListIsGiven_andAtOnceTheNextTime() {
        upstream().play(stale(LIST), Script.cutHead());
        assertThat(paged().header("Cache-Status").orElseThrow()).isEqualTo("botgate; fwd=uri-miss; stored");

        Raw.Reply first = paged();
        Raw.Reply second = paged();

        assertThat(List.of(first, second)).allSatisfy(reply -> {
            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.text()).isEqualTo(LIST);
            assertThat(reply.header("Age")).isPresent();
        });
        assertThat(first.header("Cache-Status").orElseThrow())
                .matches("botgate; fwd=stale; ttl=-\\d+; detail=stale-if-error");
        assertThat(second.header("Cache-Status").orElseThrow())
                .matches("botgate; hit; ttl=-\\d+; detail=stale-if-error");
    }

    @Test
    void whenTheUpstreamWantsToBeAskedLater_aStaleListIsGivenWithoutThat() {
        upstream()
                .play(
                        stale(LIST),
                        Script.exactly(
                                "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 15\r\nContent-Length: 0\r\n\r\n"));
        assertThat(paged().status()).isEqualTo(200);
        int before = upstream().requests().size();

        Raw.Reply reply = paged();

        assertThat(reply.text()).isEqualTo(LIST);
        assertThat(reply.header("Cache-Status").orElseThrow())
                .matches("botgate; fwd=stale; fwd-status=503; ttl=-\\d+; detail=stale-if-error");
        assertThat(upstream().requests()).hasSize(before + 1);
    }

    @Test
    void whenTheUpstreamHangs_aStaleListIsGiven_andAtOnceTheNextTime() {
        upstream().play(stale(LIST), Script.hang());
        assertThat(paged().status()).isEqualTo(200);

        Raw.Reply first = paged();
        Raw.Reply second = paged();

        assertThat(first.header("Cache-Status").orElseThrow())
                .matches("botgate; fwd=stale; ttl=-\\d+; detail=stale-if-error");
        assertThat(second.header("Cache-Status").orElseThrow())
                .matches("botgate; hit; ttl=-\\d+; detail=stale-if-error");
    }

    @ParameterizedTest
    @CsvSource({"500, 200", "503, 200", "429, 200", "401, 401", "403, 403", "404, 404"})
    void troubleIsMasked_refusalsAreNot(int answer, int told) {
        upstream().play(stale(LIST), Script.reply(answer, "{\"error\":{\"code\":\"x\"}}"));
        assertThat(paged().status()).isEqualTo(200);

        assertThat(paged().status()).isEqualTo(told);
    }

    @Test
    void onlyWhatIsCached_or504() {
        Raw.Reply nothing = ask(target("members"), "", ADA, "Cache-Control: only-if-cached");

        assertThat(nothing.status()).isEqualTo(504);
        assertThat(code(nothing)).isEqualTo("NotCached");
        assertThat(nothing.all("Cache-Status")).containsExactly("botgate; detail=only-if-cached");
    }

    @Test
    void aKeptListWithATag_answersHeadAndConditions_inXmlToo() {
        String activity = target("activities/a/members");
        upstream()
                .play(Script.exactly(
                        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nETag: \"7\"\r\nContent-Length: 15\r\n\r\n"
                                + LIST));
        int before = upstream().requests().size();
        assertThat(ask(activity, "", ADA).status()).isEqualTo(200);

        Raw.Reply same = ask(activity, "", ADA, "If-None-Match: W/\"7\"");
        Raw.Reply head;
        try (Raw client = Raw.connect(gateway().address())) {
            head = client.send(request(activity.replace("GET", "HEAD"), "", ADA))
                    .replyToHead();
        }
        Raw.Reply xml = ask(activity, "", ADA, "Accept: application/xml", "If-None-Match: W/\"7\"");

        assertThat(same.status()).isEqualTo(304);
        assertThat(same.all("ETag")).containsExactly("\"7\"");
        assertThat(head.status()).isEqualTo(200);
        assertThat(head.all("Content-Length")).containsExactly("15");
        assertThat(head.header("Cache-Status").orElseThrow()).contains("hit");
        assertThat(xml.status()).isEqualTo(304);
        assertThat(xml.all("ETag")).containsExactly("W/\"7\"");
        // Who accepts something asks for another representation.
        assertThat(upstream().requests()).hasSize(before + 2);
    }

    @Test
    void anActivityThatNamesMembers_dropsTheLists() {
        String activity = target("activities/a/members");
        upstream().play(Script.reply(200, "[]"));
        assertThat(ask(activity, "", ADA).status()).isEqualTo(200);
        assertThat(ask(activity, "", ADA).header("Cache-Status").orElseThrow()).contains("hit");

        String post = "POST /v3/conversations/" + requestId() + "/activities";
        assertThat(ask(post, "{\"type\":\"conversationUpdate\",\"membersAdded\":[{\"id\":\"29:m\"}]}", JSON, ADA)
                        .status())
                .isEqualTo(200);

        assertThat(ask(activity, "", ADA).header("Cache-Status").orElseThrow()).contains("uri-miss");
    }

    @ParameterizedTest
    @CsvSource({
        "?conversation=ID, 1",
        "?conversation=ID&upstream=scripted, 1",
        "?conversation=ID&upstream=sandbox, 0",
        "?conversation=other, 0"
    })
    void theOperator_dropsWhatIsNamed(String query, int dropped) {
        String activity = target("activities/a/members");
        upstream().play(Script.reply(200, "[]"));
        assertThat(ask(activity, "", ADA).status()).isEqualTo(200);

        Raw.Reply reply = delete("/cache" + query.replace("ID", requestId()));

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.body().toJsonObject().getInteger("dropped")).isEqualTo(dropped);
        assertThat(ask(activity, "", ADA).header("Cache-Status").orElseThrow())
                .contains(dropped == 1 ? "uri-miss" : "hit");
    }

    @Test
    void whatTheOperatorMisspells_dropsNothing() {
        assertThat(delete("/cache?converstion=x").status()).isEqualTo(400);
        assertThat(delete("/cache?conversation=").status()).isEqualTo(400);
        assertThat(delete("/cache?upstream=scriptd").text()).contains("expected: one of", "scripted");
        assertThat(delete("/cache").status()).isEqualTo(200);
    }

    /** A list that is stale when it comes. */
    private static Script stale(String list) {
        return Script.exactly("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nCache-Control: max-age=0\r\n"
                + "Content-Length: " + list.length() + "\r\n\r\n" + list);
    }

    private Raw.Reply delete(String target) {
        return Raw.exchange(
                gateway().adminAddress(),
                Raw.request("DELETE " + target + " HTTP/1.1", List.of("Host: localhost", "Connection: close"), ""));
    }

    private Raw.Reply members() {
        return ask(target("members"), "", ADA);
    }

    private Raw.Reply paged() {
        return ask(target("pagedmembers"), "", ADA);
    }

    private String target(String list) {
        return "GET /v3/conversations/" + requestId() + "/" + list;
    }

    private double refusals() {
        return gateway().metric("botgate_ratelimit_decisions_total{limit=\"lists\",result=\"refused\"");
    }
}
