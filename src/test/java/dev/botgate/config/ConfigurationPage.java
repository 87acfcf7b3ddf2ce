package dev.botgate.config;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The documentation's page of all settings, written from the keys, defaults and comments of {@code conf/botgate.yaml}.
 *
 * <p>Each comment belongs to the key below it. Its lines that begin with two more blanks are an example.
 */
final class ConfigurationPage {
    private static final Pattern COMMENT = Pattern.compile(" *# ?(.*)");
    private static final Pattern KEY = Pattern.compile("( *)([A-Za-z0-9-]+):(?: (.*))?");
    private static final String EXAMPLE = "  ";
    private static final int INDENT = 2;

    private static final String INTRODUCTION =
            """
            # Configuration

            You want to change a setting, or to know what one means.

            <!-- Generated from conf/botgate.yaml. Do not edit: see ConfigurationPageTest. -->

            ## Where settings come from

            1. The packaged defaults, which are those of [`conf/botgate.yaml`](../../../conf/botgate.yaml).
            2. A file of your own, which needs only the keys that differ. `--config FILE` names it. Without that option,
               `conf/botgate.yaml` in the working directory is read, if it exists.
            3. Environment variables, which override both.

            Editors that know JSON Schema complete keys and show their meaning: the first line of `conf/botgate.yaml` names
            [`botgate.schema.json`](../../../conf/botgate.schema.json). Copy both, and keep that line.

            Maps are merged key by key. Other values and lists are replaced. In a map of names, such as
            `upstream.connectors`, `NAME: null` removes an entry. Settings are read once, at start.

            A named file that is missing is an error, and so is an unknown key. `check-config` lists every problem:

                $ java -jar target/botgate.jar check-config my.yaml
                my.yaml:2:3: server.prot: no such setting; did you mean server.port?

            ## Environment variables

            The variable of a key is `BOTGATE_` and its path in capitals, with `_` for `.` and `-`:
            `BOTGATE_SERVER_PORT=3990`, `BOTGATE_DATABASE_PASSWORD=...`,
            `BOTGATE_UPSTREAM_CONNECTORS_MY_CONNECTOR_URL=https://...`.

            ## Values

            Durations are `500ms`, `5s`, `2m`, `1h` or `1d`. Sizes in bytes are `65536`, `64KiB` or `16MiB`. Relative paths
            are relative to the working directory.
            """;

    /**
     * A key of the file.
     *
     * @param value what is written behind the key; empty for a group
     */
    private record Setting(String path, String value, List<String> comment, List<Setting> inside) {
        boolean isGroup() {
            return value.isEmpty();
        }

        String text() {
            return comment.stream().filter(line -> !line.startsWith(EXAMPLE)).collect(Collectors.joining(" "));
        }

        String meaning() {
            return text().replace("<", "&lt;").replace("*", "\\*").replace("|", "\\|");
        }

        List<String> example() {
            return comment.stream()
                    .filter(line -> line.startsWith(EXAMPLE))
                    .map(line -> line.substring(EXAMPLE.length()))
                    .toList();
        }
    }

    private ConfigurationPage() {}

    /** The page for {@code yaml}. */
    static String of(String yaml) {
        StringBuilder page = new StringBuilder(INTRODUCTION);
        settings(yaml).forEach(group -> write(group, "##", page));
        return page.toString();
    }

    /** The comments of {@code yaml} without their examples, by the path of their key. */
    static Map<String, String> meanings(String yaml) {
        Map<String, String> meanings = new LinkedHashMap<>();
        settings(yaml).forEach(group -> collect(group, meanings));
        return meanings;
    }

    private static void collect(Setting setting, Map<String, String> meanings) {
        meanings.put(setting.path(), setting.text());
        setting.inside().forEach(inner -> collect(inner, meanings));
    }

    private static void write(Setting group, String heading, StringBuilder page) {
        page.append('\n').append(heading).append(' ').append(group.path()).append("\n\n");
        if (!group.meaning().isEmpty()) {
            page.append(group.meaning()).append("\n\n");
        }
        List<Setting> rows =
                group.inside().stream().filter(setting -> !setting.isGroup()).toList();
        if (!rows.isEmpty()) {
            page.append("| Key | Default | Meaning |\n|---|---|---|\n");
        }
        for (Setting row : rows) {
            page.append("| `%s` | `%s` | %s |\n".formatted(row.path(), row.value(), row.meaning()));
        }
        for (Setting row : rows) {
            if (!row.example().isEmpty()) {
                page.append("\nExample of `%s`:\n\n```yaml\n".formatted(row.path()))
                        .append(String.join("\n", row.example()))
                        .append("\n```\n");
            }
        }
        group.inside().stream().filter(Setting::isGroup).forEach(inner -> write(inner, "###", page));
    }

    private static List<Setting> settings(String yaml) {
        Setting root = new Setting("", "", List.of(), new ArrayList<>());
        Deque<Setting> open = new ArrayDeque<>(List.of(root));
        List<String> comment = new ArrayList<>();
        for (String line : yaml.lines().toList()) {
            Matcher key = KEY.matcher(line);
            Matcher commented = COMMENT.matcher(line);
            if (line.isBlank()) {
                comment.clear();
            } else if (commented.matches()) {
                comment.add(commented.group(1));
            } else if (key.matches()) {
                while (open.size() > 1 + key.group(1).length() / INDENT) {
                    open.pop();
                }
                Setting around = open.element();
                String value = key.group(3) == null ? "" : key.group(3);
                Setting setting = new Setting(
                        SettingNames.below(around.path(), key.group(2)),
                        value,
                        List.copyOf(comment),
                        new ArrayList<>());
                around.inside().add(setting);
                comment.clear();
                if (setting.isGroup()) {
                    open.push(setting);
                }
            } else {
                throw new IllegalArgumentException(
                        line + " (expected: a comment, or a key with its value in one line)");
            }
        }
        return root.inside();
    }
}
