package dev.botgate.sandbox;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.botgate.sandbox.SandboxMember.Shape;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** Lists by the page; a continuation token is opaque, and good for the list that gave it only. */
final class Paging {
    private static final int USUAL_MEMBERS = 200;
    private static final int MOST_MEMBERS = 500;
    private static final int CONVERSATIONS = 50;

    private Paging() {}

    /** A {@code PagedMembersResult} of 1 to 500 members, 200 where the client names no number. */
    static SandboxReply members(SandboxRequest asked, SandboxConversation conversation) {
        int size = Math.min(asked.number("pageSize", USUAL_MEMBERS, 1, Integer.MAX_VALUE), MOST_MEMBERS);
        String list = "members of " + conversation.id();
        List<SandboxMember> all = conversation.members();
        int start = start(asked, list);
        int end = Math.min(start + size, all.size());
        ObjectNode result = SandboxJson.object();
        result.set("members", SandboxMember.all(all.subList(Math.min(start, end), end), Shape.AAD_OBJECT_ID));
        return page(result, list, end, all.size());
    }

    /** A {@code ConversationsResult}. */
    static SandboxReply conversations(SandboxRequest asked, List<SandboxConversation> all) {
        String list = "conversations";
        int start = start(asked, list);
        int end = Math.min(start + CONVERSATIONS, all.size());
        ObjectNode result = SandboxJson.object();
        ArrayNode conversations = result.putArray("conversations");
        for (SandboxConversation conversation : all.subList(Math.min(start, end), end)) {
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

    private static int start(SandboxRequest asked, String list) {
        Optional<String> token = asked.query("continuationToken").filter(text -> !text.isEmpty());
        if (token.isEmpty()) {
            return 0;
        }
        try {
            String text = new String(Base64.getUrlDecoder().decode(token.get()), StandardCharsets.UTF_8);
            int space = text.indexOf(' ');
            if (space > 0 && text.substring(space + 1).equals(Integer.toHexString(list.hashCode()))) {
                return Integer.parseUnsignedInt(text.substring(0, space));
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
        return ConnectorError.badArgument("continuationToken: not one of this list's (expected: one that it gave).");
    }
}
