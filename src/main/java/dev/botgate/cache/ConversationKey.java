package dev.botgate.cache;

/**
 * What a removal empties: all lists of one conversation on one upstream, whoever loaded them and by whatever path.
 *
 * <p>A Teams channel's threads ({@code 19:x@thread.tacv2;messageid=1}) have the channel's members, so they and the
 * channel are one.
 *
 * @param upstream the upstream's configured name
 * @param id the conversation's id, percent-decoded, without the thread
 */
record ConversationKey(String upstream, String id) {
    private static final String THREAD = ";messageid=";

    ConversationKey {
        int thread = id.indexOf(THREAD);
        id = thread < 0 ? id : id.substring(0, thread);
    }
}
