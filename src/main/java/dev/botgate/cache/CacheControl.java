package dev.botgate.cache;

import io.vertx.core.MultiMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The names of the directives of a message's {@code Cache-Control}: RFC 9111 section 5.2.
 *
 * @param directives in lower case, without arguments
 */
record CacheControl(Set<String> directives) {
    CacheControl {
        directives = Set.copyOf(directives);
    }

    static CacheControl of(MultiMap headers) {
        List<String> values = headers.getAll("Cache-Control");
        if (values.isEmpty()) {
            return new CacheControl(Set.of());
        }
        Set<String> names = new HashSet<>();
        for (String value : values) {
            for (String directive : value.split(",", -1)) {
                int equals = directive.indexOf('=');
                names.add((equals < 0 ? directive : directive.substring(0, equals))
                        .strip()
                        .toLowerCase(Locale.ROOT));
            }
        }
        return new CacheControl(names);
    }

    boolean noStore() {
        return directives.contains("no-store");
    }

    boolean noCache() {
        return directives.contains("no-cache");
    }
}
