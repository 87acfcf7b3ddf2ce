package dev.botgate.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.botgate.cache.ListKey.Representation;
import dev.botgate.operation.Operation;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ListKeyTest {
    private static final CacheRequest PAGE = CacheRequest.get("/amer/v3/conversations/19%3Ax/pagedmembers?pageSize=50");

    @Test
    void withoutACredential_thereIsNoKey() {
        Representation any = new Representation(List.of(), List.of(), List.of());

        assertThat(key(PAGE.as(""))).isEmpty();
        assertThatThrownBy(() -> new ListKey(
                        "teams",
                        Operation.GET_CONVERSATION_MEMBERS,
                        "/v3/conversations",
                        "x",
                        null,
                        "",
                        any,
                        new CachePartition(null, null, null, "")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("credentialDigest");
    }

    static Stream<CacheRequest> others() {
        return Stream.of(
                PAGE.as("b"),
                PAGE.on("webchat"),
                PAGE.with("Accept", "application/json"),
                PAGE.with("Accept", ""),
                PAGE.with("Accept-Encoding", "gzip"),
                PAGE.with("Accept-Language", "gzip"),
                CacheRequest.get("/emea/v3/conversations/19:x/pagedmembers?pageSize=50"),
                CacheRequest.get("/v3/conversations/19:x/pagedmembers?pageSize=50"),
                CacheRequest.get("/amer/v3/conversations/19:y/pagedmembers?pageSize=50"),
                CacheRequest.get("/amer/v3/conversations/19:X/pagedmembers?pageSize=50"),
                CacheRequest.get("/amer/v3/conversations/19:x/pagedmembers?pageSize=51"),
                CacheRequest.get("/amer/v3/conversations/19:x/pagedmembers?pageSize=50&continuationToken=t"),
                CacheRequest.get("/amer/v3/conversations/19:x/pagedmembers?pageSize=50&unheard=of"),
                CacheRequest.get("/amer/v3/conversations/19:x/members?pageSize=50"),
                CacheRequest.get("/amer/v3/conversations/19:x/activities/1/members?pageSize=50"));
    }

    @ParameterizedTest
    @MethodSource("others")
    void requestsForDifferentLists_haveDifferentKeys(CacheRequest other) {
        assertThat(key(other)).isPresent().isNotEqualTo(key(PAGE));
    }

    @Test
    void differentActivities_haveDifferentKeys() {
        assertThat(key(CacheRequest.get("/v3/conversations/x/activities/1/members")))
                .isNotEqualTo(key(CacheRequest.get("/v3/conversations/x/activities/2/members")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/amer/v3/conversations/19:x/pagedmembers?pageSize=50",
                "/amer/v3/conversations/19%3ax/pagedMembers?pageSize=50",
                "/amer/v3/conversations/19%3Ax/pagedmembers/?pageSize=50"
            })
    void requestsForTheSameList_haveTheSameKey(String uri) {
        assertThat(key(CacheRequest.get(uri))).isPresent().isEqualTo(key(PAGE));
    }

    @Test
    void headersThatDoNotSelectTheRepresentation_areNotPartOfTheKey() {
        assertThat(key(PAGE.with("User-Agent", "bot").with("x-ms-client-request-id", "1")))
                .isEqualTo(key(PAGE));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v3/conversations/%FF/members", "/v3/conversations/x/activities/%C0/members"})
    void idsThatAreNotUtf8_haveNoKey(String uri) {
        assertThat(key(CacheRequest.get(uri))).isEmpty();
    }

    @Test
    void aChannelAndItsThreads_areDroppedTogether() {
        ListKey.Conversation channel = new ListKey.Conversation("teams", "19:x@thread.tacv2");

        assertThat(new ListKey.Conversation("teams", "19:x@thread.tacv2;messageid=1"))
                .isEqualTo(channel);
        assertThat(new ListKey.Conversation("webchat", "19:x@thread.tacv2")).isNotEqualTo(channel);
    }

    private static Optional<ListKey> key(CacheRequest asked) {
        return ListKey.of(asked.request());
    }
}
