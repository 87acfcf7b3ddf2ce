package dev.botgate.audit.redaction;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/**
 * What is left of pointers at a place in a document: where they lead from here on.
 *
 * <p>Names are compared without regard to letter case, as connectors read them: else {@code TEXT} would pass by a rule for
 * {@code text}, and mean the same.
 */
final class PointerTree {
    /** No pointer leads here, or beyond. */
    static final PointerTree NOTHING = new PointerTree(List.of());

    /** A pointer ends here, or above: it means all that is here. */
    static final PointerTree ALL = new PointerTree(List.of());

    private final List<List<String>> rests;

    private PointerTree(List<List<String>> rests) {
        this.rests = rests;
    }

    /** At the document's root. */
    static PointerTree of(Collection<JsonPointer> pointers) {
        return of(pointers.stream()
                .map(pointer ->
                        pointer.segments().stream().map(PointerTree::folded).toList())
                .toList());
    }

    private static PointerTree of(List<List<String>> rests) {
        if (rests.isEmpty()) {
            return NOTHING;
        }
        return rests.stream().anyMatch(List::isEmpty) ? ALL : new PointerTree(rests);
    }

    /** At the member that is called {@code name}, or the element that has this number. */
    PointerTree below(String name) {
        if (rests.isEmpty()) {
            return this;
        }
        String wanted = folded(name);
        List<List<String>> next = new ArrayList<>(rests.size());
        for (List<String> rest : rests) {
            String segment = rest.get(0);
            if (segment.equals(JsonPointer.ANY) || segment.equals(wanted)) {
                next.add(rest.subList(1, rest.size()));
            }
        }
        return of(next);
    }

    private static String folded(String name) {
        return name.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
    }
}
