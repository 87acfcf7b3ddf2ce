package dev.botgate.audit.postgres;

import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A page as a range of keys: the order in which it is read, where it begins, and what is read beyond it to know whether
 * more follows. A page before a cursor is read backwards, and turned round.
 */
final class Keyset {
    private final @Nullable PageCursor cursor;
    private final boolean ascending;
    private final boolean reversed;
    private final int limit;
    private final Tuple parameters = Tuple.tuple();

    /**
     * A page of at most {@code limit} rows.
     *
     * @throws dev.botgate.failure.GatewayException when {@code cursor} is none of ours
     */
    Keyset(@Nullable String cursor, boolean oldestFirst, int limit) {
        this.cursor = cursor == null ? null : PageCursor.ofText(cursor);
        this.reversed = this.cursor != null && this.cursor.back();
        this.ascending = oldestFirst != reversed;
        this.limit = limit;
    }

    Tuple parameters() {
        return parameters;
    }

    /** The parameter that stands for {@code value}. */
    String bind(Object value) {
        parameters.addValue(value instanceof Instant instant ? instant.atOffset(ZoneOffset.UTC) : value);
        return "$" + parameters.size();
    }

    /** The conditions on time and id, with {@code %1$s} for the column of the time and {@code %2$s} for that of the id. */
    List<String> range(@Nullable Instant from, @Nullable Instant to) {
        List<String> conditions = new ArrayList<>();
        if (from != null) {
            conditions.add("%1$s >= " + bind(from));
        }
        if (to != null) {
            conditions.add("%1$s < " + bind(to));
        }
        if (cursor != null) {
            String at = bind(cursor.at());
            // The first of the two tells the planner which partitions are meant.
            conditions.add("%1$s " + (ascending ? ">= " : "<= ") + at);
            conditions.add("(%1$s, %2$s) " + (ascending ? "> (" : "< (") + at + ", " + bind(cursor.id()) + ")");
        }
        return conditions;
    }

    /** {@code ORDER BY} these columns. */
    String order(String at, String id) {
        String direction = ascending ? "" : " DESC";
        return " ORDER BY " + at + direction + ", " + id + direction;
    }

    /** {@code LIMIT}: one more than fits the page. */
    String limit() {
        return " LIMIT " + (limit + 1);
    }

    /** What {@code read} gave, in the query's order and without the one too many. */
    <T> Found<T> found(List<T> read, Function<T, PageCursor> before, Function<T, PageCursor> after) {
        return found(read, read.size(), before, after);
    }

    /** The same of {@code read} where it is the beginning of {@code all} rows that were found. */
    <T> Found<T> found(List<T> read, int all, Function<T, PageCursor> before, Function<T, PageCursor> after) {
        List<T> rows = new ArrayList<>(read.subList(0, Math.min(limit, read.size())));
        boolean more = all > rows.size();
        if (reversed) {
            java.util.Collections.reverse(rows);
        }
        if (rows.isEmpty()) {
            return new Found<>(rows, null, null);
        }
        boolean hasPrevious = reversed ? more : cursor != null;
        boolean hasNext = reversed || more;
        return new Found<>(
                rows,
                hasPrevious ? before.apply(rows.get(0)).text() : null,
                hasNext ? after.apply(rows.get(rows.size() - 1)).text() : null);
    }

    /** A page's rows, and the cursors of its neighbours. */
    record Found<T>(List<T> rows, @Nullable String previous, @Nullable String next) {}
}
