package dev.botgate.audit.redaction;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/**
 * The remaining segments of the pointers that match so far at a place in a document.
 *
 * <p>Names match in any letter case, because connectors read them so: a rule for {@code text} covers {@code TEXT} too.
 */
final class PointerTree {
    /** No pointer matches here or below. */
    static final PointerTree NOTHING = new PointerTree(List.of());

    /** A pointer ends here or above, and matches everything here. */
    static final PointerTree ALL = new PointerTree(List.of());

    private final List<List<String>> remaining;

    private PointerTree(List<List<String>> remaining) {
        this.remaining = remaining;
    }

    /** At the root of the document. */
    static PointerTree of(Collection<JsonPointer> pointers) {
        return of(pointers.stream()
                .map(pointer ->
                        pointer.segments().stream().map(PointerTree::folded).toList())
                .toList());
    }

    private static PointerTree of(List<List<String>> remaining) {
        if (remaining.isEmpty()) {
            return NOTHING;
        }
        return remaining.stream().anyMatch(List::isEmpty) ? ALL : new PointerTree(remaining);
    }

    /** What remains at the member with this name, or the element with this index. */
    PointerTree below(String name) {
        if (remaining.isEmpty()) {
            return this;
        }
        String wanted = folded(name);
        List<List<String>> next = new ArrayList<>(remaining.size());
        for (List<String> pointer : remaining) {
            String segment = pointer.get(0);
            if (segment.equals(JsonPointer.ANY) || segment.equals(wanted)) {
                next.add(pointer.subList(1, pointer.size()));
            }
        }
        return of(next);
    }

    private static String folded(String name) {
        return name.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
    }
}
