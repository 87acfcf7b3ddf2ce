package dev.botgate.gateway;

import dev.botgate.audit.Recording;
import dev.botgate.audit.RedactionSettings;
import dev.botgate.schema.Schema;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What an operator should be told at start of what will, and will not, be in the trail. */
final class RecordingWarnings {
    private static final Logger LOG = LoggerFactory.getLogger(RecordingWarnings.class);

    private RecordingWarnings() {}

    static void log(Recording recording, RedactionSettings redact, Schema schema) {
        if (!recording.unrecorded().isEmpty()) {
            LOG.atWarn()
                    .addKeyValue("operations", String.join(", ", recording.unrecorded()))
                    .log("Mutations by these operations are not recorded");
        }
        for (UnmatchedPointers.Stray stray : UnmatchedPointers.of(redact, schema)) {
            LOG.atWarn()
                    .addKeyValue("pointer", stray.pointer())
                    .addKeyValue("operation", stray.operation())
                    .addKeyValue("nearest", stray.nearest().orElse("none, since it has no body"))
                    .log("A pointer of audit.redact leads to nothing that the connector's document knows");
        }
    }
}
