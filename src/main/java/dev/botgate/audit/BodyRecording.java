package dev.botgate.audit;

import dev.botgate.audit.redaction.Redaction;
import dev.botgate.exchange.Payload;
import dev.botgate.operation.Operation;
import io.vertx.core.buffer.Buffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is recorded of one operation.
 *
 * @param attachmentBytes whether an uploaded attachment's bytes are recorded
 * @param redaction what is replaced in its bodies; null for nothing
 */
record BodyRecording(
        Operation operation, RecordingLevel level, boolean attachmentBytes, @Nullable Redaction redaction) {

    /** What the intent has of {@code payload}. */
    RecordedBody of(Payload payload) {
        if (payload instanceof Payload.Streamed) {
            return RecordedBody.streamed();
        }
        if (!(payload instanceof Payload.Whole whole)) {
            return RecordedBody.none();
        }
        return redaction == null ? plain(whole.bytes()) : redacted(whole, redaction);
    }

    /** The digest of a streamed body, to be. Where something should be replaced, it is of no use to who has no key. */
    Digest.InProgress streamed() {
        return redaction == null ? Digest.InProgress.sha256() : Digest.InProgress.by(redaction.key());
    }

    private RecordedBody plain(Buffer sent) {
        Digest digest = Digest.of(sent);
        if (level != RecordingLevel.BODY) {
            return RecordedBody.reduced(null, digest);
        }
        return reducesAttachment()
                ? RecordedBody.reduced(AttachmentReduction.of(sent), digest)
                : RecordedBody.whole(sent, digest);
    }

    private RecordedBody redacted(Payload.Whole sent, Redaction values) {
        Optional<Buffer> redacted = isJson(sent) ? values.redact(sent.bytes()) : Optional.empty();
        if (redacted.isEmpty()) {
            return RecordedBody.reduced(null, Digest.of(sent.bytes(), values.key()));
        }
        Buffer json = redacted.get();
        if (json == sent.bytes()) {
            return plain(json);
        }
        Buffer recorded = reducesAttachment() ? AttachmentReduction.of(json) : json;
        return RecordedBody.redacted(level == RecordingLevel.BODY ? recorded : null, Digest.of(json));
    }

    private boolean reducesAttachment() {
        return operation == Operation.UPLOAD_ATTACHMENT && !attachmentBytes;
    }

    /** A body of a model is, whatever the client sent; of the others their media type must say so. */
    private boolean isJson(Payload.Whole body) {
        String type = body.sourceMediaType();
        return operation.requestModel().isPresent()
                || (type != null
                        && (type.equals("application/json") || type.equals("text/json") || type.endsWith("+json")));
    }
}
