package dev.botgate.sandbox;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.botgate.sandbox.SandboxMember.Shape;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** Lists in pages; a continuation token is opaque, and valid for its own list only. */
final class Paging {
    private static final int DEFAULT_MEMBERS = 200;
    private static final int MAX_MEMBERS = 500;
    private static final int CONVERSATIONS = 50;

    private Paging() {}

    /** A {@code PagedMembersResult} of 1 to 500 members, 200 by default. */
    static SandboxReply members(SandboxRequest request, SandboxConversations.Conversation conversation) {
        int size = Math.min(request.number("pageSize", DEFAULT_MEMBERS, 1, Integer.MAX_VALUE), MAX_MEMBERS);
        String list = "members of " + conversation.id();
        List<SandboxMember> all = conversation.members();
        int start = start(request, list);
        int end = Math.min(start + size, all.size());
        ObjectNode result = SandboxJson.object();
        result.set("members", SandboxMember.all(all.subList(Math.min(start, end), end), Shape.AAD_OBJECT_ID));
        return page(result, list, end, all.size());
    }

    /** A {@code ConversationsResult}. */
    static SandboxReply conversations(SandboxRequest request, List<SandboxConversations.Conversation> all) {
        String list = "conversations";
        int start = start(request, list);
        int end = Math.min(start + CONVERSATIONS, all.size());
        ObjectNode result = SandboxJson.object();
        ArrayNode conversations = result.putArray("conversations");
        for (SandboxConversations.Conversation conversation : all.subList(Math.min(start, end), end)) {
            conversations
                    .addObject()
                    .put("id", conversation.id())
                    .set("members", conversation.membersAs(Shape.OBJECT_ID));
        }
        return page(result, list, end, all.size());
    }

    private static SandboxReply page(ObjectNode result, String list, int end, int total) {
        if (end < total) {
            result.put("continuationToken", token(list, end));
        }
        return SandboxReply.json(200, result);
    }

    private static int start(SandboxRequest request, String list) {
        Optional<String> token = request.query("continuationToken").filter(text -> !text.isEmpty());
        if (token.isEmpty()) {
            return 0;
        }
        try {
            String text = new String(Base64.getUrlDecoder().decode(token.get()), StandardCharsets.UTF_8);
            int start = Integer.parseUnsignedInt(text.split(" ", 2)[0]);
            if (token(list, start).equals(token.get())) {
                return start;
            }
        } catch (IllegalArgumentException foreign) {
            throw badToken();
        }
        throw badToken();
    }

    private static String token(String list, int start) {
        String text = start + " " + Integer.toHexString(list.hashCode());
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static ConnectorError badToken() {
        return ConnectorError.badArgument("continuationToken: invalid (expected: one that this list gave).");
    }
}
