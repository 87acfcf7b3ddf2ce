package dev.botgate.sandbox;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

/**
 * A member of a conversation.
 *
 * @param profile the properties apart from the directory's object id, whose name depends on the route
 */
record SandboxMember(String id, String objectId, ObjectNode profile) {
    /** The tenant of all members. */
    static final String TENANT = name("tenant").toString();

    private static final List<String> GIVEN_NAMES =
            List.of("Adele", "Bodil", "Chidi", "Dana", "Emre", "Fatou", "Goran", "Hana", "Ines", "Jamal");
    private static final List<String> SURNAMES =
            List.of("Vance", "Okafor", "Lindqvist", "Moreau", "Tanaka", "Silva", "Novak");

    /** The property of the directory's object id, which depends on the route. */
    enum Shape {
        OBJECT_ID("objectId"),
        AAD_OBJECT_ID("aadObjectId");

        private final String property;

        Shape(String property) {
            this.property = property;
        }
    }

    /** {@code count} invented members of a conversation; the same conversation always has the same. */
    static List<SandboxMember> roster(String conversation, int count) {
        List<SandboxMember> roster = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            roster.add(invented(conversation, i));
        }
        return roster;
    }

    /** The member that a bot described when it created the conversation. */
    static SandboxMember described(ObjectNode account) {
        String id = account.path("id").asText();
        if (id.isEmpty()) {
            throw ConnectorError.badArgument("members: one without id (expected: each has an id).");
        }
        ObjectNode profile = account.deepCopy();
        String objectId =
                profile.path("aadObjectId").asText(profile.path("objectId").asText(""));
        profile.remove(List.of("aadObjectId", "objectId"));
        if (!profile.has("tenantId")) {
            profile.put("tenantId", TENANT);
        }
        return new SandboxMember(id, objectId.isEmpty() ? name(id).toString() : objectId, profile);
    }

    /** Its approximate size in memory, in bytes. */
    int bytes() {
        return profile.toString().length() + objectId.length();
    }

    static ArrayNode all(List<SandboxMember> members, Shape shape) {
        ArrayNode array = SandboxJson.object().arrayNode();
        members.forEach(member -> array.add(member.as(shape)));
        return array;
    }

    ObjectNode as(Shape shape) {
        return profile.deepCopy().put(shape.property, objectId);
    }

    /** Whether {@code wanted} is one of the member's ids. */
    boolean is(String wanted) {
        return id.equals(wanted) || objectId.equals(wanted);
    }

    private static SandboxMember invented(String conversation, int index) {
        UUID person = name(conversation + "/" + index);
        int number = Math.floorMod(person.hashCode(), GIVEN_NAMES.size() * SURNAMES.size());
        String given = GIVEN_NAMES.get(number % GIVEN_NAMES.size());
        String surname = SURNAMES.get(number / GIVEN_NAMES.size());
        String mail = (given + "." + surname + index).toLowerCase(Locale.ROOT) + "@contoso.example";
        String id = "29:1" + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes(person + conversation));
        ObjectNode profile = SandboxJson.object();
        profile.put("id", id.substring(0, Math.min(id.length(), 72)))
                .put("name", given + " " + surname)
                .put("givenName", given)
                .put("surname", surname)
                .put("email", mail)
                .put("userPrincipalName", mail)
                .put("tenantId", TENANT)
                .put("userRole", "user");
        return new SandboxMember(profile.path("id").asText(), person.toString(), profile);
    }

    private static UUID name(String text) {
        return UUID.nameUUIDFromBytes(bytes(text));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
