package dev.botgate.audit.writer;

import dev.botgate.audit.AuditSettings;
import dev.botgate.audit.Exchanges;
import dev.botgate.testing.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.io.TempDir;

/** A trail writer with a journal. */
class JournaledTrailWriterTest extends TrailWriterContract {

    @TempDir
    Path directory;

    JournaledTrailWriterTest(TestDatabase database) {
        super(database);
    }

    /** Patient enough that a slow machine does not turn to the journal. */
    @Override
    AuditSettings settings(Duration commitTimeout, int maximumWaiting, int maximumBatch) {
        return Exchanges.journaled(
                commitTimeout,
                maximumWaiting,
                maximumBatch,
                Exchanges.journal(directory.resolve("journal"), 64 << 20, commitTimeout.dividedBy(2)));
    }
}
