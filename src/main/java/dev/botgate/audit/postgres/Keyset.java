package dev.botgate.audit.postgres;

import dev.botgate.audit.access.EntryQuery;
import dev.botgate.audit.access.Page;
import dev.botgate.failure.Failure;
import dev.botgate.failure.GatewayException;
import io.vertx.sqlclient.Tuple;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A page as a range of keys, in SQL: its conditions, its order, and one row more than fits, to know whether another page
 * follows. A page before a cursor is read backwards, and reversed.
 */
final class Keyset {
    private final @Nullable Cursor cursor;
    private final boolean ascending;
    private final boolean reversed;
    private final int limit;
    private final Tuple parameters = Tuple.tuple();
    private final List<String> range = new ArrayList<>();

    /**
     * A page of at most {@code limit} rows.
     *
     * @throws GatewayException MALFORMED_REQUEST when {@code cursor} is not one that a page had
     */
    Keyset(@Nullable String cursor, boolean oldestFirst, int limit, @Nullable Instant from, @Nullable Instant to) {
        this.cursor = cursor == null ? null : Cursor.ofText(cursor);
        this.reversed = this.cursor != null && this.cursor.before();
        this.ascending = oldestFirst != reversed;
        this.limit = limit;
        if (from != null) {
            range.add("%1$s >= " + bind(from));
        }
        if (to != null) {
            range.add("%1$s < " + bind(to));
        }
        if (this.cursor != null) {
            String at = bind(this.cursor.key().at());
            // The planner chooses the partitions by the first of the two.
            range.add("%1$s " + (ascending ? ">= " : "<= ") + at);
            range.add("(%1$s, %2$s) " + (ascending ? "> (" : "< (") + at + ", "
                    + bind(this.cursor.key().id()) + ")");
        }
    }

    Tuple parameters() {
        return parameters;
    }

    /** The parameter that stands for {@code value}. */
    String bind(Object value) {
        parameters.addValue(value instanceof Instant instant ? instant.atOffset(ZoneOffset.UTC) : value);
        return "$" + parameters.size();
    }

    /** The conditions on the columns {@code at} and {@code id}. */
    List<String> range(String at, String id) {
        return range.stream()
                .map(condition -> String.format(Locale.ROOT, condition, at, id))
                .toList();
    }

    String orderBy(String at, String id) {
        String direction = ascending ? "" : " DESC";
        return " ORDER BY " + at + direction + ", " + id + direction;
    }

    /** {@code ORDER BY} and {@code LIMIT}: one more than fits the page. */
    String orderAndLimit(String at, String id) {
        return orderBy(at, id) + " LIMIT " + (limit + 1);
    }

    /**
     * The page of the rows that were read.
     *
     * @param found how many were found, where {@code read} is only the beginning of them
     */
    <T> Page<T> page(List<T> read, int found, Function<T, Key> key) {
        List<T> rows = new ArrayList<>(read.subList(0, Math.min(limit, read.size())));
        boolean more = found > rows.size();
        if (reversed) {
            Collections.reverse(rows);
        }
        if (rows.isEmpty()) {
            return new Page<>(rows, null, null);
        }
        Key first = key.apply(rows.get(0));
        Key last = key.apply(rows.get(rows.size() - 1));
        return new Page<>(
                rows,
                (reversed ? more : cursor != null) ? new Cursor(first, true).text() : null,
                reversed || more ? new Cursor(last, false).text() : null);
    }

    /** What rows are ordered by. */
    record Key(Instant at, UUID id) {}

    /**
     * The beginning of a page: 25 bytes in URL-safe base64, which mean nothing to clients.
     *
     * @param before whether the page ends before {@code key}, in the query's order; else it begins after it
     */
    record Cursor(Key key, boolean before) {
        private static final int BYTES = 25;

        /** @throws GatewayException MALFORMED_REQUEST when {@link #text} did not write it */
        static Cursor ofText(String text) {
            try {
                byte[] bytes = Base64.getUrlDecoder().decode(text);
                if (bytes.length == BYTES && (bytes[0] == 0 || bytes[0] == 1)) {
                    ByteBuffer buffer = ByteBuffer.wrap(bytes);
                    boolean before = buffer.get() == 1;
                    Instant at = Instant.EPOCH.plus(buffer.getLong(), ChronoUnit.MICROS);
                    if (EntryQuery.isRepresentable(at)) {
                        return new Cursor(new Key(at, new UUID(buffer.getLong(), buffer.getLong())), before);
                    }
                }
            } catch (IllegalArgumentException noBase64) {
                // Falls through to the refusal.
            }
            throw new GatewayException(
                    Failure.MALFORMED_REQUEST,
                    "cursor: not one that this gateway gave (expected: the next or the previous of a page)");
        }

        String text() {
            ByteBuffer buffer = ByteBuffer.allocate(BYTES)
                    .put((byte) (before ? 1 : 0))
                    .putLong(ChronoUnit.MICROS.between(Instant.EPOCH, key.at()))
                    .putLong(key.id().getMostSignificantBits())
                    .putLong(key.id().getLeastSignificantBits());
            return Base64.getUrlEncoder().withoutPadding().encodeToString(buffer.array());
        }
    }
}
