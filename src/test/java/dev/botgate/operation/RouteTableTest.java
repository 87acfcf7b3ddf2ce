package dev.botgate.operation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RouteTableTest {
    @ParameterizedTest
    @EnumSource(value = Operation.class, mode = EnumSource.Mode.EXCLUDE, names = "OTHER")
    void everyOperationsOwnTemplateLeadsToIt(Operation operation) {
        String path = operation
                .template()
                .replace("{conversationId}", "c1")
                .replace("{activityId}", "a1")
                .replace("{memberId}", "m1");

        Route route = RouteTable.match(operation.method(), path);

        assertThat(route.operation()).isEqualTo(operation);
        assertThat(route.mutation()).isEqualTo(operation.effect() == Effect.MUTATION);
        assertThat(route.conversationId().isPresent())
                .isEqualTo(operation.template().contains("{conversationId}"));
        assertThat(route.activityId().isPresent())
                .isEqualTo(operation.template().contains("{activityId}"));
        assertThat(route.memberId().isPresent()).isEqualTo(operation.template().contains("{memberId}"));
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /v3/conversations/c/activities/history, SEND_CONVERSATION_HISTORY",
        "POST, /v3/conversations/c/activities/History, SEND_CONVERSATION_HISTORY",
        "POST, /v3/conversations/c/activities/h%69story, SEND_CONVERSATION_HISTORY",
        "PUT, /v3/conversations/c/activities/history, UPDATE_ACTIVITY",
        "GET, /V3/Conversations/c/pagedMembers, GET_CONVERSATION_PAGED_MEMBERS",
        "GET, /amer/v3/conversations/c/members, GET_CONVERSATION_MEMBERS",
        "GET, /amer/tenant/v3/conversations, GET_CONVERSATIONS",
        "POST, //v3//conversations/, CREATE_CONVERSATION",
        "POST, /v3/%63onversations/c/activities, SEND_TO_CONVERSATION",
        "POST, /v3/conversations/v3/activities, SEND_TO_CONVERSATION",
        "POST, /v3/conversations/c/activities/, SEND_TO_CONVERSATION",
        "HEAD, /v3/conversations/c/members, GET_CONVERSATION_MEMBERS",
        "HEAD, /v3/conversations/c/activities, OTHER",
        "GET, /v3/conversations/c/members/m, OTHER",
        "PATCH, /v3/conversations/c/activities/a, OTHER",
        "DELETE, /v3/conversations/c, OTHER",
        "POST, /v3/conversations//activities, OTHER",
        "POST, /v3/conversations/c//a, OTHER",
        "PUT, /v3/conversations/c/activities/a/reactions/like, OTHER",
        "POST, /v3/batch/conversation/users, OTHER",
        "GET, /v3/attachments/x/views/original, OTHER",
        "GET, /, OTHER",
    })
    void literalsComeBeforeVariablesInAnyCase(String method, String path, Operation expected) {
        assertThat(RouteTable.match(method, path).operation()).isEqualTo(expected);
    }

    @Test
    void idsAreDecodedOnce() {
        Route encoded = RouteTable.match(
                "DELETE", "/v3/conversations/19%3Aabc%40thread.tacv2%3Bmessageid%3D1/members/29%3A%2525%7C");
        Route raw = RouteTable.match("POST", "/v3/conversations/19:abc@thread.tacv2;messageid=1/activities/1|2");

        assertThat(encoded.conversationId()).contains("19:abc@thread.tacv2;messageid=1");
        assertThat(encoded.memberId()).contains("29:%25|");
        assertThat(raw.conversationId()).isEqualTo(encoded.conversationId());
        assertThat(raw.activityId()).contains("1|2");
    }

    @Test
    void whatIsNoPercentEncodingStaysAsItIs() {
        assertThat(RouteTable.decode("100%zz%4%C3%A4%")).isEqualTo("100%zz%4ä%");
    }

    @ParameterizedTest
    @CsvSource({"GET, false", "HEAD, false", "OPTIONS, false", "POST, true", "PATCH, true", "MADEUP, true"})
    void anUnlistedRequestIsAMutationUnlessItsMethodIsSafe(String method, boolean mutation) {
        assertThat(RouteTable.match(method, "/v1/meetings/x").mutation()).isEqualTo(mutation);
    }

    @Test
    void theMethodsOfAPathAreThoseOfItsOperations() {
        assertThat(RouteTable.methodsOn("/v3/conversations/c/activities/a")).containsExactly("POST", "PUT", "DELETE");
        assertThat(RouteTable.methodsOn("/v3/conversations")).containsExactly("GET", "POST");
        assertThat(RouteTable.methodsOn("/v3/teams/t")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/..",
                "/a/../b",
                "/a/%2e%2E/b",
                "/a/.%2e",
                "/./v3",
                "/a/.",
                "/a/..%2F..%2Fx",
                "/a%2f..",
                "/a%5C%2e%2e%5cx",
                "/a/.%2Fx"
            })
    void dotSegmentsAreSeenEncodedOrNot(String path) {
        assertThat(RouteTable.hasDotSegment(path)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/a.b/c",
                "/19%3Aabc%40thread.tacv2/x",
                "/...",
                "/%2e%2e%2e",
                "/a%2Fb..%5C.c",
                "/19%3Aa%2F%2Fb"
            })
    void otherDotsAreHarmless(String path) {
        assertThat(RouteTable.hasDotSegment(path)).isFalse();
    }
}
