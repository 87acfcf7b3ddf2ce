package dev.botgate.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads the configuration: the packaged defaults, the operator's file laid over them, and the environment over both.
 *
 * <p>Maps merge key by key; scalars and lists are replaced; null for an entry of a map of names takes the entry
 * away; a group of settings with nothing in it changes nothing.
 * A path that is a setting stays as written, so a relative one is resolved against the working directory, not against the
 * file's. Blocks.
 */
public final class ConfigurationReader {
    private static final Path USUAL = Path.of("conf", "botgate.yaml");
    private static final SettingShape.Group SHAPE = SettingShape.of(Configuration.class);

    private final Map<String, String> environment;
    private final Path workingDirectory;

    public ConfigurationReader(Map<String, String> environment, Path workingDirectory) {
        this.environment = Map.copyOf(environment);
        this.workingDirectory = workingDirectory;
    }

    /** A reader of this process's environment and working directory. */
    public static ConfigurationReader ofProcess() {
        return new ConfigurationReader(System.getenv(), Path.of(""));
    }

    /**
     * Reads and checks everything.
     *
     * @param file the file to read; null for {@code conf/botgate.yaml} where there is one, else the defaults alone
     * @throws ConfigurationException with every problem there is; when a file is not YAML, only with those of that file
     */
    public LoadedConfiguration read(@Nullable Path file) {
        List<ConfigurationProblem> problems = new ArrayList<>();
        WrittenValue.Entries packaged = packaged();
        Configuration defaults = defaults(packaged);
        Optional<Path> chosen = Optional.ofNullable(file).or(this::usual);
        WrittenValue.Entries settings = chosen.map(path -> packaged.under(entries(path, problems), SHAPE))
                .orElse(packaged);
        settings = new EnvironmentVariables(SHAPE, problems).over(settings, environment);
        Optional<Object> configuration = new Binder(SHAPE, problems).bind(settings, defaults);
        if (!problems.isEmpty()) {
            throw new ConfigurationException(problems);
        }
        return new LoadedConfiguration(
                (Configuration) configuration.orElseThrow(),
                chosen.map(Path::toString).orElse(SettingLocation.PACKAGED));
    }

    private Optional<Path> usual() {
        return Optional.of(USUAL).filter(path -> Files.exists(workingDirectory.resolve(path)));
    }

    private WrittenValue.Entries entries(Path file, List<ConfigurationProblem> problems) {
        Optional<WrittenValue> root =
                text(file, problems).flatMap(text -> YamlText.read(file.toString(), text, problems));
        if (root.isEmpty()) {
            throw new ConfigurationException(problems);
        }
        if (root.get() instanceof WrittenValue.Entries entries) {
            return entries;
        }
        SettingLocation place = root.get().place();
        if (!(root.get() instanceof WrittenValue.Nothing)) {
            problems.add(ConfigurationProblem.at(place, root.get().described() + " (expected: a map of settings)"));
        }
        return new WrittenValue.Entries(place, Map.of());
    }

    private Optional<String> text(Path file, List<ConfigurationProblem> problems) {
        SettingLocation place = SettingLocation.of(file.toString());
        try {
            byte[] bytes = Files.readAllBytes(workingDirectory.resolve(file));
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString());
        } catch (NoSuchFileException e) {
            problems.add(ConfigurationProblem.at(place, "no such file"));
        } catch (AccessDeniedException e) {
            problems.add(ConfigurationProblem.at(place, "may not be read"));
        } catch (CharacterCodingException e) {
            problems.add(ConfigurationProblem.at(place, "not UTF-8"));
        } catch (IOException e) {
            problems.add(ConfigurationProblem.at(place, "cannot be read: " + e.getMessage()));
        }
        return Optional.empty();
    }

    private static WrittenValue.Entries packaged() {
        try (InputStream in = ConfigurationReader.class.getResourceAsStream("/conf/botgate.yaml")) {
            if (in == null) {
                throw new IllegalStateException("The defaults, conf/botgate.yaml, are missing on the class path");
            }
            List<ConfigurationProblem> problems = new ArrayList<>();
            Optional<WrittenValue> root = YamlText.read(
                    SettingLocation.PACKAGED, new String(in.readAllBytes(), StandardCharsets.UTF_8), problems);
            if (problems.isEmpty() && root.orElse(null) instanceof WrittenValue.Entries entries) {
                return entries;
            }
            throw new ConfigurationException(problems);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Configuration defaults(WrittenValue.Entries packaged) {
        List<ConfigurationProblem> problems = new ArrayList<>();
        Optional<Object> defaults = new Binder(SHAPE, problems).bind(packaged, null);
        return (Configuration) defaults.orElseThrow(() -> new ConfigurationException(problems));
    }
}
