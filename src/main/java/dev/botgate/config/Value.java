package dev.botgate.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What was written for a setting, before anybody knows its type; an entry of a map has its key's place. */
sealed interface Value {
    Place place();

    /** What it is, for a message that says what was found. */
    String described();

    /** A scalar that is not null. */
    record Text(Place place, String text, boolean quoted) implements Value {
        private static final int SHOWN = 80;

        @Override
        public String described() {
            String shown = text.length() > SHOWN ? text.substring(0, SHOWN) + "..." : text;
            return quoted || text.isBlank() ? "\"" + shown + "\"" : shown;
        }
    }

    /** An explicit null, or nothing behind the colon. */
    record Nothing(Place place) implements Value {
        @Override
        public String described() {
            return "null";
        }
    }

    /** A list. */
    record Items(Place place, List<Value> items) implements Value {
        public Items {
            items = List.copyOf(items);
        }

        @Override
        public String described() {
            return "a list";
        }
    }

    /** A map, in the order of its keys as written. */
    record Entries(Place place, Map<String, Value> entries) implements Value {
        public Entries {
            entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
        }

        @Override
        public String described() {
            return "a map";
        }

        /**
         * These entries with {@code upper} laid over them: maps merge key by key, everything else is replaced. A group of
         * settings with nothing in it changes nothing.
         */
        Entries under(Entries upper, Shape shape) {
            Map<String, Value> merged = new LinkedHashMap<>(entries);
            upper.entries.forEach((key, value) -> {
                Value lower = merged.get(key);
                if (lower instanceof Entries below && value instanceof Entries above) {
                    merged.put(
                            key,
                            shape.at(key)
                                    .map(inner -> below.under(above, inner))
                                    .orElse(above));
                } else if (lower == null || !(value instanceof Nothing && shape.isGroupAt(key))) {
                    merged.put(key, value);
                }
            });
            return new Entries(place.packaged() ? upper.place : place, merged);
        }
    }
}
