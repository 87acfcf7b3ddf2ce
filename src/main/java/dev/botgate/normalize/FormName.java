package dev.botgate.normalize;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The name of a form's field, taken apart: {@code attachments[0].name} is three parts. */
final class FormName {
    /** The part that {@code []} is: one more element. */
    static final String NEXT = "";

    private FormName() {}

    /** The first parts of {@code name}, up to {@code most}; empty where it cannot be taken apart. */
    static Optional<List<String>> parts(String name, int most) {
        List<String> parts = new ArrayList<>(4);
        int at = end(name, 0);
        if (at == 0) {
            return Optional.empty();
        }
        parts.add(name.substring(0, at));
        while (at < name.length() && parts.size() < most) {
            boolean bracket = name.charAt(at) == '[';
            int end = bracket ? name.indexOf(']', at) : end(name, at + 1);
            boolean part = bracket ? end > at : name.charAt(at) == '.' && end > at + 1;
            if (!part) {
                return Optional.empty();
            }
            parts.add(name.substring(at + 1, end));
            at = bracket ? end + 1 : end;
        }
        return Optional.of(parts);
    }

    private static int end(String name, int from) {
        int at = from;
        while (at < name.length() && name.charAt(at) != '[' && name.charAt(at) != '.') {
            at++;
        }
        return at;
    }

    /** The index that {@code part} is; -1 where it is none. Written without leading zeros, and below a thousand millions. */
    static int index(String part) {
        boolean padded = part.length() > 1 && part.charAt(0) == '0';
        if (part.isEmpty() || part.length() > 9 || padded) {
            return -1;
        }
        for (int i = 0; i < part.length(); i++) {
            if (part.charAt(i) < '0' || part.charAt(i) > '9') {
                return -1;
            }
        }
        return Integer.parseInt(part);
    }
}
