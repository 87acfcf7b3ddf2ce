package dev.botgate.sandbox;

/**
 * How much a sandbox keeps; beyond it the oldest goes.
 *
 * @param conversations how many conversations; the one created first goes first
 * @param activities how many activities of one conversation
 * @param conversationBytes of all activities and members together
 * @param attachmentBytes of all attachments together
 * @param requests how many requests the log holds
 * @param requestBytes of all bodies in the log together
 * @param bodyBytes the largest body that is read; a longer one is answered 413
 */
record SandboxLimits(
        int conversations,
        int activities,
        long conversationBytes,
        long attachmentBytes,
        int requests,
        long requestBytes,
        int bodyBytes) {
    private static final int MEBIBYTE = 1024 * 1024;

    static final SandboxLimits USUAL =
            new SandboxLimits(1_000, 1_000, 32 * MEBIBYTE, 64 * MEBIBYTE, 10_000, 32 * MEBIBYTE, 32 * MEBIBYTE);
}
