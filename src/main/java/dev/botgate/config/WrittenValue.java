package dev.botgate.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What was written for a setting, before anybody knows its type; an entry of a map has its key's place. */
sealed interface WrittenValue {
    SettingLocation place();

    /** What it is, for a message that says what was found. */
    String described();

    /** A scalar that is not null. */
    record Text(SettingLocation place, String text, boolean quoted) implements WrittenValue {
        private static final int SHOWN = 80;

        @Override
        public String described() {
            String shown = text.length() > SHOWN ? text.substring(0, SHOWN) + "..." : text;
            return quoted || text.isBlank() ? "\"" + shown + "\"" : shown;
        }
    }

    /** An explicit null, or nothing behind the colon. */
    record Nothing(SettingLocation place) implements WrittenValue {
        @Override
        public String described() {
            return "null";
        }
    }

    /** A list. */
    record Items(SettingLocation place, List<WrittenValue> items) implements WrittenValue {
        public Items {
            items = List.copyOf(items);
        }

        @Override
        public String described() {
            return "a list";
        }
    }

    /** A map, in the order of its keys as written. */
    record Entries(SettingLocation place, Map<String, WrittenValue> entries) implements WrittenValue {
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
        Entries under(Entries upper, SettingShape shape) {
            Map<String, WrittenValue> merged = new LinkedHashMap<>(entries);
            upper.entries.forEach((key, value) -> {
                WrittenValue lower = merged.get(key);
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
