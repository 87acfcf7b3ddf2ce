package dev.botgate.audit;

import io.vertx.core.buffer.Buffer;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A request's body as an intent records it.
 *
 * @param bytes what is recorded of it; null where nothing is
 * @param digest of what goes upstream, whatever is recorded, but for {@link Form#REDACTED}; null where that is not known
 *     before it has gone
 */
public record RecordedBody(Form form, @Nullable Buffer bytes, @Nullable Digest digest) {

    /** How the record and what went upstream relate. */
    public enum Form {
        /** There was no body. */
        NONE,
        /** What is recorded is what went upstream. */
        WHOLE,
        /** Parts are replaced by their digests, or all of it is left out. */
        REDUCED,
        /**
         * Values are replaced by keyed digests. Length and digest are of the document with these in place: what went upstream
         * has so few unknowns left that its own digest would tell them to who tries. Parts of it, or all, may be left out as
         * well.
         */
        REDACTED,
        /** It passed through unread; the outcome has its length and digest. */
        STREAMED;

        private static final Map<String, Form> BY_TEXT =
                Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(Form::text, Function.identity()));

        private final String text = name().toLowerCase(Locale.ROOT);

        /** How the trail writes it. */
        public String text() {
            return text;
        }

        /** What {@link #text} wrote. */
        public static Form ofText(String text) {
            Form form = BY_TEXT.get(text);
            if (form == null) {
                throw new IllegalArgumentException("form: " + text + " (expected: " + BY_TEXT.keySet() + ")");
            }
            return form;
        }
    }

    private static final RecordedBody NONE = new RecordedBody(Form.NONE, null, null);
    private static final RecordedBody STREAMED = new RecordedBody(Form.STREAMED, null, null);

    static RecordedBody none() {
        return NONE;
    }

    static RecordedBody streamed() {
        return STREAMED;
    }

    static RecordedBody whole(Buffer bytes) {
        return whole(bytes, Digest.of(bytes));
    }

    static RecordedBody whole(Buffer bytes, Digest digest) {
        return new RecordedBody(Form.WHOLE, bytes, digest);
    }

    public static RecordedBody redacted(@Nullable Buffer bytes, Digest redacted) {
        return new RecordedBody(Form.REDACTED, bytes, redacted);
    }

    static RecordedBody reduced(@Nullable Buffer bytes, Digest sent) {
        return new RecordedBody(Form.REDUCED, bytes, sent);
    }
}
