package dev.botgate.operation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
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
        assertThat(route.mutation()).isEqualTo(operation.effect() == Operation.Effect.MUTATION);
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

    @ParameterizedTest
    @CsvSource({
        "POST, /v3/conversations//a/activities, a",
        "POST, /v3/conversations/a/activities%20, a",
        "POST, /v3/conversations/a/activities., a",
        "POST, /v3/conversations/a/activities;x, a",
        "POST, /v3/conversations/a%2factivities, a",
        "POST, /v3/conversations/a%5Cactivities/1, a",
        "POST, /v3/conversations/%2fa%2Factivities%20, a",
        "POST, /v3/conversations/a%2factivities%00, a",
        "POST, /v3/conversations/a%2f%C2%A0activities%c2%a0, a",
        "POST, /v3/conversations/a/activities%C2%A0, a",
        "DELETE, /v3/conversations/19%3Aa%2Fb;messageid=1%2Fmembers/m, 19:a/b;messageid=1",
        "DELETE, /v3/conversations/19%3Aa%2Fb, 19:a/b",
        "POST, /v3/conversations/a//activities, a",
        "POST, /v3/conversations/a/activities//1, a",
        "PATCH, /v3/conversations/a/activities/1, a",
        "GET, /v3/conversations/a/activities, a",
        "POST, /v3/conversations%2fa/activities, a",
        "POST, /v3%2Fconversations/a/activities, a",
        "POST, /amer/v3;x/conversations%20/a/activities, a",
        "POST, /v3/conversations.//a/activities, a",
        "POST, /v3/conversations//activities,",
        "POST, /v3/conversations/%20/activities.,",
        "PATCH, /v3/conversations,",
    })
    void aPathThatAlmostMatchesAnOperation_isUnknown_andHasTheConversation(
            String method, String path, String conversation) {
        Route route = RouteTable.match(method, path);

        assertThat(route.operation()).isEqualTo(Operation.OTHER);
        assertThat(route.known()).isFalse();
        assertThat(route.mutation()).isEqualTo(!method.equals("GET"));
        assertThat(route.conversation()).isEqualTo(conversation);
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /v3/conversations/c/members/29%3Am, c, , 29:m",
        "HEAD, /v3/Conversations/c/Members/m/, c, , m",
        "PUT, /v3/conversations/c/activities/a/reactions/like, c, a,",
        "DELETE, /v3/conversations/c/activities/a/reactions/like, c, a,",
        "POST, /v3/batch/conversation/users, , ,",
        "GET, /v3/attachments/x/views/original, , ,",
        "GET, /v3/teams/t/conversations, , ,",
        "GET, /v3/conversationsandmore/x, , ,",
        "GET, /, , ,",
    })
    void furtherRoutesOfClientLibraries_areKnown_andHaveTheirIds(
            String method, String path, String conversation, String activity, String member) {
        Route route = RouteTable.match(method, path);

        assertThat(route.operation()).isEqualTo(Operation.OTHER);
        assertThat(route.known()).isTrue();
        assertThat(route.mutation()).isEqualTo(List.of("PUT", "DELETE", "POST").contains(method));
        assertThat(route.conversation()).isEqualTo(conversation);
        assertThat(route.activity()).isEqualTo(activity);
        assertThat(route.member()).isEqualTo(member);
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
