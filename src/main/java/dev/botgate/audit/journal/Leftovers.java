package dev.botgate.audit.journal;

import java.io.IOException;
import java.nio.file.Path;

/** What a journal holds that is not in use any more. Blocks; for start-up. */
public final class Leftovers {
    private Leftovers() {}

    /**
     * Sees to it that no entries are forgotten in {@code directory} by a gateway that does without a journal.
     *
     * @throws JournalException when there are some
     */
    public static void refuse(Path directory) {
        try {
            int segments =
                    JournalDirectory.files(directory, JournalDirectory.SEGMENT).size();
            if (segments > 0) {
                throw new JournalException("audit.on-outage is refuse, but the journal in " + directory + " holds "
                        + segments + " segments that are not yet in the database; start once with audit.on-outage:"
                        + " journal until they are drained, or move them away");
            }
        } catch (IOException e) {
            throw JournalException.unusable(directory, e);
        }
    }
}
