package dev.botgate.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A value as it was written, before its type is known. The value of a map's entry has the location of its key. */
sealed interface WrittenValue {
    SettingLocation location();

    /** The value in messages. */
    String description();

    /** A scalar that is not null. */
    record Text(SettingLocation location, String text, boolean quoted) implements WrittenValue {
        private static final int MAX_SHOWN = 80;

        @Override
        public String description() {
            String shown = text.length() > MAX_SHOWN ? text.substring(0, MAX_SHOWN) + "..." : text;
            return quoted || text.isBlank() ? "\"" + shown + "\"" : shown;
        }
    }

    /** An explicit null, or nothing after the colon. */
    record Nothing(SettingLocation location) implements WrittenValue {
        @Override
        public String description() {
            return "null";
        }
    }

    /** A list. */
    record Items(SettingLocation location, List<WrittenValue> items) implements WrittenValue {
        public Items {
            items = List.copyOf(items);
        }

        @Override
        public String description() {
            return "a list";
        }
    }

    /** A map, in the order of its keys as written. */
    record Entries(SettingLocation location, Map<String, WrittenValue> entries) implements WrittenValue {
        public Entries {
            entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
        }

        @Override
        public String description() {
            return "a map";
        }

        /**
         * These entries, overridden by {@code upper}: maps merge key by key, everything else is replaced. An empty group of
         * settings changes nothing.
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
            return new Entries(location.isPackaged() ? upper.location : location, merged);
        }
    }
}
