package dev.botgate.endtoend;

import static dev.botgate.testing.Await.await;
import static dev.botgate.testing.Await.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.operation.Operation;
import dev.botgate.sandbox.SimulatedFault;
import dev.botgate.testing.Jwt;
import dev.botgate.testing.Raw;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CacheThroughGatewayTest extends GatewayTestBase {
    private static final String ADA = "Authorization: Bearer ada.x.y";
    private static final String BOB = "Authorization: Bearer bob.x.y";

    @ParameterizedTest
    @ValueSource(strings = {"members", "pagedMembers?pageSize=3", "activities/a/members"})
    void aThousandConcurrentMisses_makeOneUpstreamCall(String list) {
        String target = "/sandbox/v3/conversations/" + requestId() + "/" + list;
        await(gateway().sandbox().conversation(requestId(), 5));
        Promise<Void> release = Promise.promise();
        gateway().sandbox().next(new SimulatedFault.Until(release.future()));
        double before = asked();
        List<Raw> clients = new ArrayList<>();
        try {
            for (int i = 0; i < 1_000; i++) {
                clients.add(Raw.connect(gateway().address()).send(request("GET " + target, "", ADA)));
            }
            until(() -> asked() - before == 1_000);
            release.complete();

            List<Raw.Reply> replies = clients.stream().map(Raw::reply).toList();

            assertThat(gateway().sandbox().received()).hasSize(1);
            assertThat(replies).allSatisfy(reply -> assertThat(reply.status()).isEqualTo(200));
            assertThat(replies)
                    .extracting(Raw.Reply::text)
                    .containsOnly(replies.get(0).text());
            assertThat(replies)
                    .filteredOn(
                            reply -> reply.header("Cache-Status").orElseThrow().contains("collapsed"))
                    .hasSize(999);
        } finally {
            clients.forEach(Raw::close);
        }
    }

    @Test
    void aKeptList_tellsItsAge_andItsStatus() {
        Raw.Reply first = members(ADA);
        Raw.Reply second = members(ADA);

        assertThat(first.all("Cache-Status")).containsExactly("botgate; fwd=uri-miss; stored");
        assertThat(first.all("Age")).isEmpty();
        assertThat(second.header("Cache-Status").orElseThrow()).matches("botgate; hit; ttl=\\d+");
        assertThat(second.header("Age").orElseThrow()).matches("\\d+");
        assertThat(second.text()).isEqualTo(first.text());
        assertThat(second.all("Botgate-Request-Id")).containsExactly(requestId());
        assertThat(gateway().sandbox().received()).hasSize(1);
    }

    @Test
    void twoCredentials_neverShareAList() {
        assertThat(members(ADA).header("Cache-Status").orElseThrow()).contains("uri-miss");
        assertThat(members(BOB).header("Cache-Status").orElseThrow()).contains("uri-miss");
        assertThat(members(ADA).header("Cache-Status").orElseThrow()).contains("hit");
        assertThat(members(BOB).header("Cache-Status").orElseThrow()).contains("hit");

        assertThat(gateway().sandbox().received())
                .extracting(received -> received.header("Authorization").orElseThrow())
                .containsExactly("Bearer ada.x.y", "Bearer bob.x.y");
    }

    @Test
    void aTokenThatSaysItHasExpired_isGivenNothingKept() {
        String lasting = "Authorization: Bearer e30." + Jwt.base64("{\"exp\":99999999999}") + ".c2ln";
        String expired = "Authorization: Bearer e30." + Jwt.base64("{\"exp\":1}") + ".c2ln";

        for (String credential : List.of(lasting, expired)) {
            assertThat(members(credential).status()).isEqualTo(200);
        }

        assertThat(members(lasting).header("Cache-Status").orElseThrow()).contains("hit");
        assertThat(members(expired).all("Cache-Status")).containsExactly("botgate; fwd=bypass");
    }

    @Test
    void withoutACredential_nothingIsKept() {
        assertThat(members("X-Nobody: 1").all("Cache-Status")).containsExactly("botgate; fwd=bypass");
        assertThat(members("X-Nobody: 1").all("Cache-Status")).containsExactly("botgate; fwd=bypass");

        assertThat(gateway().sandbox().received()).hasSize(2);
    }

    @Test
    void whenAMemberIsRemoved_everybodysListsOfTheConversationGo() {
        String before = members(ADA).text();
        assertThat(members(BOB).text()).isEqualTo(before);
        String member = members(BOB).body().toJsonArray().getJsonObject(0).getString("id");

        Raw.Reply removed =
                ask("DELETE /sandbox/v3/conversations/" + requestId() + "/members/" + member, "", "Authorization: x");

        assertThat(removed.status()).isEqualTo(200);
        for (String credential : List.of(ADA, BOB)) {
            Raw.Reply after = members(credential);
            assertThat(after.header("Cache-Status").orElseThrow()).contains("uri-miss");
            assertThat(after.text()).doesNotContain(member);
        }
        assertThat(gateway().sandbox().received())
                .filteredOn(received -> received.operation() == Operation.GET_CONVERSATION_MEMBERS)
                .hasSize(4);
    }

    @Test
    void aRemovalWithoutACredential_thatTheConnectorRefuses_dropsNobodysLists() {
        assertThat(members(ADA).status()).isEqualTo(200);
        gateway().sandbox().next(new SimulatedFault.Status(401));

        Raw.Reply refused = ask("DELETE /sandbox/v3/conversations/" + requestId() + "/members/none", "");

        assertThat(refused.status()).isEqualTo(401);
        assertThat(members(ADA).header("Cache-Status").orElseThrow()).contains("hit");
    }

    @Test
    void whatIsNo200_isNotKept() {
        gateway().sandbox().next(new SimulatedFault.Status(500));

        assertThat(members(ADA).status()).isEqualTo(500);
        assertThat(members(ADA).status()).isEqualTo(200);
    }

    @Test
    void whoAsksAnew_isAnsweredAnew() {
        assertThat(members(ADA).status()).isEqualTo(200);

        Raw.Reply anew = ask(target(), "", ADA, "Cache-Control: no-cache");

        assertThat(anew.all("Cache-Status")).containsExactly("botgate; fwd=request; stored");
    }

    private Raw.Reply members(String credential) {
        if (gateway().sandbox().received().isEmpty()) {
            await(gateway().sandbox().conversation(requestId(), 3));
        }
        return ask(target(), "", credential);
    }

    private String target() {
        return "GET /sandbox/v3/conversations/" + requestId() + "/members";
    }

    private double asked() {
        return gateway().metric("botgate_cache_requests_total");
    }
}
