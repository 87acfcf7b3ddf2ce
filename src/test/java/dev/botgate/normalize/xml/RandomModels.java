package dev.botgate.normalize.xml;

import dev.botgate.schema.Model;
import dev.botgate.schema.PropertyType;
import dev.botgate.schema.Schema;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Generates random JSON of the schema's models: properties may be missing or null, and others may be added. */
final class RandomModels {
    private static final List<String> TEXTS = List.of(
            "",
            " ",
            "a",
            "28:bot",
            "Grüße, 世界 😀",
            "<b>&amp;</b>",
            "]]>",
            "two\nlines\r\nand\ra\ttab ",
            "007",
            "true",
            "null",
            "\u0085\u2028\u00A0",
            "'\"",
            "{\"a\":1}",
            "AQID/w==",
            "_x0041_");
    private static final List<String> ODD_TEXTS =
            List.of("\u0000", "\u001F", "\uFFFE", "\uD800", "\uDC00x", "\u007F\uFFFD");
    private static final List<String> TIMES = List.of(
            "2024-01-01T01:02:03.1234567+02:00",
            "2024-01-01T01:02:03Z",
            "2024-02-29T23:59:59-05:30",
            "2024-02-29T23:59:59.5-00:00",
            "0001-01-01T00:00:00+14:00",
            "2024-01-01",
            "1704067200");
    private static final List<String> NUMBERS = List.of(
            "0",
            "-0",
            "7",
            "-2147483648",
            "2147483648",
            "9223372036854775807",
            "9223372036854775808",
            "123456789012345678901234567890",
            "1.50",
            "-0.1e-07",
            "1E+400");
    private static final List<String> NAMES = List.of(
            "foo", "extra", "tenantId", "x-y.z", "größe", "_x", "Foo", "KeyValueOfx", "xmlns", "string", "Key", "nil");
    private static final List<String> ODD_NAMES = List.of(
            "",
            "a b",
            "1",
            "@type",
            "a:b",
            "ID",
            "Text",
            "_x0041_",
            "_x0041 ",
            "😀",
            "ChannelAccount",
            "Attachment",
            "\u0001",
            "-",
            "KeyValueOfstringanyType");

    private final Random random;
    private final Schema schema;
    private final boolean odd;

    private RandomModels(Random random, Schema schema, boolean odd) {
        this.random = random;
        this.schema = schema;
        this.odd = odd;
    }

    /** Values of the models that XML can express. */
    static RandomModels usual(Random random, Schema schema) {
        return new RandomModels(random, schema, false);
    }

    /** Also values that match no model or that XML cannot express. */
    static RandomModels odd(Random random, Schema schema) {
        return new RandomModels(random, schema, true);
    }

    String body(String model) {
        if (odd && random.nextInt(50) == 0) {
            return anything(1);
        }
        PropertyType type = schema.body(model);
        return type instanceof PropertyType.ListOf list
                ? many(random.nextInt(4), "[", "]", i -> value(list.item(), 1))
                : object((PropertyType.Reference) type, 0);
    }

    private String value(PropertyType type, int depth) {
        if (random.nextInt(8) == 0) {
            return "null";
        }
        if (odd && random.nextInt(150) == 0) {
            return anything(depth + 1);
        }
        if (type instanceof PropertyType.Reference reference) {
            return object(reference, depth);
        }
        if (type instanceof PropertyType.ListOf list) {
            return list(list, depth);
        }
        if (type instanceof PropertyType.MapOf map) {
            return members(names(2, Set.of()), name -> value(map.value(), depth + 1));
        }
        return type instanceof PropertyType.Scalar scalar ? scalar(scalar) : anything(depth + 1);
    }

    private String list(PropertyType.ListOf list, int depth) {
        String items = many(random.nextInt(depth > 3 ? 2 : 4), "[", "]", i -> value(list.item(), depth + 1));
        return items.equals("[null]") && !odd ? "null" : items;
    }

    private String object(PropertyType.Reference reference, int depth) {
        List<Model.Property> listed = schema.model(reference).properties();
        int sparse = 1 + random.nextInt(3 + depth * 4);
        Set<String> taken = listed.stream()
                .map(property -> property.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.toSet());
        List<String> members = new ArrayList<>();
        for (Model.Property property : listed) {
            if (random.nextInt(sparse) == 0) {
                members.add(quoted(property.name()) + ":" + value(property.type(), depth + 1));
            }
        }
        for (String name : names(random.nextInt(3), taken)) {
            members.add(random.nextInt(members.size() + 1), quoted(name) + ":" + anything(depth + 1));
        }
        return members.stream().collect(Collectors.joining(",", "{", "}"));
    }

    private String scalar(PropertyType.Scalar scalar) {
        return switch (scalar) {
            case STRING, BYTE -> text();
            case DATE_TIME -> quoted(random.nextInt(9) == 0 ? "" : any(TIMES));
            case BOOLEAN -> Boolean.toString(random.nextBoolean());
            case INT32 -> Integer.toString(random.nextInt());
            case INTEGER -> Long.toString(random.nextLong());
            case NUMBER -> any(NUMBERS);
        };
    }

    private String anything(int depth) {
        return switch (random.nextInt(depth > 4 ? 5 : 8)) {
            case 0 -> "null";
            case 1 -> Boolean.toString(random.nextBoolean());
            case 2 -> odd && random.nextInt(20) == 0 ? "9".repeat(401) : any(NUMBERS);
            case 3, 4 -> text();
            case 5 -> many(random.nextInt(4), "[", "]", i -> anything(depth + 1));
            default -> members(names(random.nextInt(4), Set.of()), name -> anything(depth + 1));
        };
    }

    private String text() {
        return quoted(odd && random.nextInt(60) == 0 ? any(ODD_TEXTS) : any(TEXTS) + any(TEXTS));
    }

    private List<String> names(int most, Set<String> taken) {
        Set<String> names = new HashSet<>();
        for (int i = 0; i < most; i++) {
            String name = odd && random.nextInt(6) == 0 ? any(ODD_NAMES) : any(NAMES);
            boolean clear =
                    taken.isEmpty() || (!taken.contains(name.toLowerCase(Locale.ROOT)) && !name.startsWith("Key"));
            if (odd || clear) {
                names.add(name);
            }
        }
        return names.stream().filter(name -> !taken.contains(name)).toList();
    }

    private static String members(List<String> names, Function<String, String> value) {
        return names.stream()
                .map(name -> quoted(name) + ":" + value.apply(name))
                .collect(Collectors.joining(",", "{", "}"));
    }

    private static String many(int count, String open, String close, IntFunction<String> item) {
        return IntStream.range(0, count).mapToObj(item).collect(Collectors.joining(",", open, close));
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\' || c < ' ' || Character.isSurrogate(c)) {
                quoted.append(String.format("\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }

    private String any(List<String> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}
