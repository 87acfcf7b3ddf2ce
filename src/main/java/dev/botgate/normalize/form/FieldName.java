package dev.botgate.normalize.form;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Splits the name of a form's field: {@code attachments[0].name} has three parts. */
final class FieldName {
    /** The part {@code []}: the next element of an array. */
    static final String APPEND = "";

    private FieldName() {}

    /** The parts of {@code name}, but no more than {@code maxParts}; empty where the name is malformed. */
    static Optional<List<String>> parts(String name, int maxParts) {
        List<String> parts = new ArrayList<>(4);
        int at = endOfPart(name, 0);
        if (at == 0) {
            return Optional.empty();
        }
        parts.add(name.substring(0, at));
        while (at < name.length() && parts.size() < maxParts) {
            boolean bracket = name.charAt(at) == '[';
            int end = bracket ? name.indexOf(']', at) : endOfPart(name, at + 1);
            boolean part = bracket ? end > at : name.charAt(at) == '.' && end > at + 1;
            if (!part) {
                return Optional.empty();
            }
            parts.add(name.substring(at + 1, end));
            at = bracket ? end + 1 : end;
        }
        return Optional.of(parts);
    }

    private static int endOfPart(String name, int from) {
        int at = from;
        while (at < name.length() && name.charAt(at) != '[' && name.charAt(at) != '.') {
            at++;
        }
        return at;
    }
}
