package dev.botgate.normalize;

import java.nio.charset.StandardCharsets;

/** The properties of an activity that tell who has come or gone. */
final class ChangedMembers {
    private static final byte[] ADDED = "membersAdded".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] REMOVED = "membersRemoved".getBytes(StandardCharsets.US_ASCII);

    private ChangedMembers() {}

    /** Whether the name in {@code source} is one of theirs, in whatever letter case. */
    static boolean areCalled(byte[] source, int start, int end) {
        return Places.equalsIgnoringCase(ADDED, source, start, end)
                || Places.equalsIgnoringCase(REMOVED, source, start, end);
    }
}
