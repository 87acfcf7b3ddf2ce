package dev.botgate.admin;

import dev.botgate.audit.ActivitySummary;
import dev.botgate.audit.AuditEntry;
import dev.botgate.audit.Digest;
import dev.botgate.audit.Intent;
import dev.botgate.audit.Outcome;
import dev.botgate.audit.redaction.RedactionKey;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Entries as CSV: RFC 4180, in UTF-8.
 *
 * <p>A value that a spreadsheet would read as a formula gets a leading apostrophe, and so does one that begins with an
 * apostrophe: remove one leading apostrophe to get the value. A formula begins with {@code = + - @} or their wide forms,
 * after blanks or not, or with a tab or a line break (OWASP, "CSV Injection").
 *
 * <p>Text, sender, recipient and channel are those of the activity in the body; without the body only the recipient is
 * known. Bodies that are not UTF-8 are in {@code body_base64}. Attempts and late outcomes are JSON, as in {@link EntryJson}.
 */
final class EntryCsv {
    private static final String FORMULA = "=+-@\uff1d\uff0b\uff0d\uff20";
    private static final String MARKED = "\t\r\n'";
    private static final Pattern QUOTED = Pattern.compile("[\",;\t\r\n]");

    // spotless:off
    private static final List<Column> COLUMNS = List.of(
        entry("id", entry -> entry.intent().exchange().id()),
        entry("at", entry -> entry.intent().exchange().at()),
        entry("state", entry -> entry.status().text()),
        entry("gateway", entry -> entry.intent().exchange().gateway().name()),
        entry("run", entry -> entry.intent().exchange().gateway().runId()),
        entry("sequence", entry -> entry.intent().exchange().sequence()),
        intent("request_id", Intent::requestId),
        intent("operation", Intent::operation),
        intent("method", Intent::method),
        intent("uri", Intent::uri),
        intent("upstream", Intent::upstream),
        intent("bot", Intent::bot),
        new Column("bot_name", Row::botName),
        intent("tenant", Intent::tenant),
        intent("verified", Intent::verified),
        intent("conversation", Intent::conversation),
        intent("activity", Intent::activity),
        intent("member", Intent::member),
        activity("sender", ActivitySummary::sender),
        new Column("recipient", row -> row.entry().intent().recipient() == null
            ? row.activity().recipient()
            : row.entry().intent().recipient()),
        activity("channel", ActivitySummary::channel),
        activity("text", ActivitySummary::text),
        intent("media_type", Intent::sourceMediaType),
        intent("body_form", intent -> intent.body().form().text()),
        intent("body_length", intent -> length(intent.body().digest())),
        intent("body_sha256", intent -> sha256(intent.body().digest())),
        intent("body_hmac", intent -> hmac(intent.body().digest())),
        intent("body_text", intent -> text(intent.body().bytes())),
        intent("body_base64", intent -> base64(intent.body().bytes())),
        outcome("closed_at", Outcome::at),
        outcome("status", Outcome::status),
        outcome("attempts", Outcome::attempts),
        outcome("latency_micros", outcome -> EntryJson.micros(outcome.latency())),
        outcome("reply_id", Outcome::replyId),
        outcome("outcome_conversation", Outcome::conversation),
        outcome("outcome_activity", Outcome::activity),
        outcome("error", Outcome::error),
        outcome("sent_length", outcome -> length(outcome.sent())),
        outcome("sent_sha256", outcome -> sha256(outcome.sent())),
        outcome("sent_hmac", outcome -> hmac(outcome.sent())),
        outcome("sent_whole", outcome -> outcome.sent() == null ? null : outcome.sentWhole()),
        entry("attempt_records", entry -> jsonArray(entry.attempts(), "attempts", entry)),
        entry("late_outcomes", entry -> jsonArray(entry.late(), "late", entry)));
    // spotless:on

    private EntryCsv() {}

    static String head() {
        return COLUMNS.stream().map(Column::name).collect(Collectors.joining(",", "", "\r\n"));
    }

    /** @param botNames app id to the name that is shown for it */
    static void append(AuditEntry entry, Map<String, String> botNames, StringBuilder to) {
        Intent intent = entry.intent();
        Row row = new Row(
                entry,
                ActivitySummary.of(intent.operation(), intent.body().bytes()),
                intent.bot() == null ? null : botNames.get(intent.bot()));
        for (int i = 0; i < COLUMNS.size(); i++) {
            if (i > 0) {
                to.append(',');
            }
            Object value = COLUMNS.get(i).value().apply(row);
            if (value instanceof String text) {
                appendText(text, to);
            } else if (value != null) {
                to.append(value);
            }
        }
        to.append("\r\n");
    }

    private static boolean isFormula(String text) {
        if (text.isEmpty()) {
            return false;
        }
        int first = 0;
        while (first < text.length() - 1 && isInvisible(text.charAt(first))) {
            first++;
        }
        return MARKED.indexOf(text.charAt(0)) >= 0 || FORMULA.indexOf(text.charAt(first)) >= 0;
    }

    /** Whether a spreadsheet may skip it. U+2400 is recorded in place of U+0000. */
    private static boolean isInvisible(char c) {
        return c <= ' '
                || c == '\u2400'
                || Character.isSpaceChar(c)
                || Character.isISOControl(c)
                || Character.getType(c) == Character.FORMAT;
    }

    private static void appendText(String text, StringBuilder to) {
        String shown = isFormula(text) ? "'" + text : text;
        if (QUOTED.matcher(text).find()) {
            to.append('"').append(shown.replace("\"", "\"\"")).append('"');
        } else {
            to.append(shown);
        }
    }

    private static Column entry(String name, Function<AuditEntry, @Nullable Object> value) {
        return new Column(name, row -> value.apply(row.entry()));
    }

    private static Column activity(String name, Function<ActivitySummary, @Nullable Object> value) {
        return new Column(name, row -> value.apply(row.activity()));
    }

    private static Column intent(String name, Function<Intent, @Nullable Object> value) {
        return entry(name, entry -> value.apply(entry.intent()));
    }

    private static Column outcome(String name, Function<Outcome, @Nullable Object> value) {
        return entry(name, entry -> entry.outcome() == null ? null : value.apply(entry.outcome()));
    }

    private static @Nullable Long length(@Nullable Digest digest) {
        return digest == null ? null : digest.length();
    }

    private static @Nullable String sha256(@Nullable Digest digest) {
        return digest == null || digest.key() != null ? null : digest.sha256();
    }

    private static @Nullable String hmac(@Nullable Digest digest) {
        return digest == null || digest.key() == null ? null : RedactionKey.text(digest.key(), digest.sha256());
    }

    private static @Nullable String text(@Nullable Buffer bytes) {
        return bytes == null ? null : EntryJson.text(bytes);
    }

    private static @Nullable String base64(@Nullable Buffer bytes) {
        return bytes == null || EntryJson.text(bytes) != null ? null : EntryJson.base64(bytes);
    }

    /** The attempts or late outcomes of an entry as JSON; null where there is none. */
    private static @Nullable String jsonArray(List<?> several, String name, AuditEntry entry) {
        return several.isEmpty() ? null : EntryJson.of(entry).getJsonArray(name).encode();
    }

    /** An entry, the summary of the activity in its body, and the bot's configured name. */
    private record Row(AuditEntry entry, ActivitySummary activity, @Nullable String botName) {}

    private record Column(String name, Function<Row, @Nullable Object> value) {}
}
