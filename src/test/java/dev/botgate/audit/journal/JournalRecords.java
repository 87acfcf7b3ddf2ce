package dev.botgate.audit.journal;

import dev.botgate.audit.Intent;
import io.vertx.core.buffer.Buffer;

/** Records as the journal writes them and reads them back. */
public final class JournalRecords {
    private JournalRecords() {}

    public static Buffer encoded(Intent intent) {
        return Buffer.buffer(RecordCodec.encode(intent));
    }

    public static Intent afterJournal(Intent intent) {
        return (Intent) RecordCodec.decode(RecordCodec.encode(intent));
    }
}
