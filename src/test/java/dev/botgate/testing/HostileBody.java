package dev.botgate.testing;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A body that is made to cost whoever reads it, and is to be refused.
 *
 * @param format {@code json}, {@code xml} or {@code form}
 * @param unit what stands between head and tail as often as there is room, by its number
 */
public record HostileBody(String name, String format, String head, IntFunction<String> unit, String tail) {
    private static final int LONGEST_TAIL = 64;
    private static final String HUNDRED_NAMES =
            IntStream.range(0, 100).mapToObj(i -> "\"" + i + "\":0").collect(Collectors.joining(",", "{", "},"));

    /** Of activities, each to be refused for what it is, at whatever size. */
    public static List<HostileBody> all() {
        return List.of(
                same("brackets", "json", "", "[", ""),
                same("objects", "json", "", "{\"\":", ""),
                same("values", "json", "[0", ",0", "]"),
                same("one long string without end", "json", "\"", "a", ""),
                same("one long number without end", "json", "[", "1", ""),
                same("lines", "json", "", "\n", "x"),
                same("escapes", "json", "{\"", "\\u0061", "\":0,}"),
                new HostileBody("names", "json", "{\"\":0", i -> ",\"" + i + "\":0", "x"),
                new HostileBody("names with escapes", "json", "{\"\":0", i -> ",\"\\n" + i + "\":0", "x"),
                same("one long name with an escape", "json", "{\"\\n", "a", "\":0,\"\":x}"),
                new HostileBody(
                        "long names with escapes", "json", "{", i -> "\"\\n" + i + "a".repeat(99_999) + "\":0,", "x"),
                same("objects of many names", "json", "[", HUNDRED_NAMES, "x"),
                same("elements inside each other", "xml", "<Activity>", "<a>", ""),
                same("elements side by side", "xml", "<Activity>", "<a/>", ""),
                same("texts side by side", "xml", "<Activity>", "<a>x</a>", ""),
                new HostileBody("names", "xml", "<Activity>", i -> "<n" + i + "/>", ""),
                same("one long name", "xml", "<Activity><", "a", "/>"),
                same("one long attribute", "xml", "<Activity a='", "a", "'/>"),
                new HostileBody("attributes", "xml", "<Activity ", i -> " a" + i + "=''", "/>"),
                new HostileBody("namespaces", "xml", "<Activity ", i -> " xmlns:a" + i + "='a'", "/>"),
                same("one long text without end", "xml", "<Activity><text>", "a", ""),
                same("references", "xml", "<Activity><text>", "&#97;", ""),
                same("one long comment", "xml", "<Activity><!--", "a", ""),
                same("one long instruction", "xml", "<Activity><?a ", "a", ""),
                same("spaces", "xml", "<Activity>", "\n", "</Other>"),
                same("a boolean without end", "xml", "<Activity><historyDisclosed>", "1", "</historyDisclosed>"),
                new HostileBody("entities", "xml", "<!DOCTYPE a [", i -> "<!ENTITY e" + i + " 'a'>", "]><Activity/>"),
                same("fields", "form", "", "a&", ""),
                new HostileBody("names", "form", "", i -> "value[" + i + "]=&", ""),
                same("parts", "form", "value", "[a]", "=1"),
                new HostileBody(
                        "parts of many fields",
                        "form",
                        "",
                        i -> "value" + ("[" + i + "]").repeat(100) + "[a" + i + "]=1&",
                        ""),
                same("dots", "form", "value", ".", "=1"),
                same("percent signs", "form", "text=", "%61", "%"),
                same("JSON in a field", "form", "value=", "[", ""),
                same("a boolean without end", "form", "historyDisclosed=", "1", ""));
    }

    private static HostileBody same(String name, String format, String head, String unit, String tail) {
        return new HostileBody(name, format, head, i -> unit, tail);
    }

    /** As much of it as {@code length} has room for, with a little to spare. */
    public byte[] bytes(int length) {
        StringBuilder text = new StringBuilder(length).append(head);
        for (int i = 0; text.length() < length - LONGEST_TAIL; i++) {
            text.append(unit.apply(i));
        }
        text.append(tail);
        return text.substring(0, Math.min(length, text.length())).getBytes(StandardCharsets.ISO_8859_1);
    }

    @Override
    public String toString() {
        return format + ": " + name;
    }
}
