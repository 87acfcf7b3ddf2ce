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
 * Reads the configuration: the packaged defaults, overridden by the operator's file, overridden by environment variables.
 *
 * <p>Maps merge key by key; scalars and lists are replaced; null removes an entry of a map of names; an empty group of settings
 * changes nothing. Relative paths are relative to the working directory. Blocks.
 */
public final class ConfigurationReader {
    private static final Path DEFAULT_FILE = Path.of("conf", "botgate.yaml");
    private static final SettingShape.Group SHAPE = SettingShape.of(Configuration.class);

    private final Map<String, String> environment;
    private final Path workingDirectory;

    /**
     * A configuration and its source.
     *
     * @param source the file as it was named, or {@code classpath:conf/botgate.yaml} for the packaged defaults
     */
    public record Loaded(Configuration configuration, String source) {}

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
     * @param file the file to read; null for {@code conf/botgate.yaml} if it exists, else the defaults alone
     * @throws ConfigurationException with every problem; when a file is not YAML, only with those of that file
     */
    public Loaded read(@Nullable Path file) {
        List<ConfigurationException.Problem> problems = new ArrayList<>();
        WrittenValue.Entries packaged = packaged();
        Configuration defaults = defaults(packaged);
        Optional<Path> chosen = Optional.ofNullable(file).or(this::defaultFile);
        WrittenValue.Entries settings = chosen.map(path -> packaged.under(entries(path, problems), SHAPE))
                .orElse(packaged);
        settings = new EnvironmentVariables(SHAPE, problems).over(settings, environment);
        Optional<Object> configuration = new Binder(SHAPE, problems).bind(settings, defaults);
        if (!problems.isEmpty()) {
            throw new ConfigurationException(problems);
        }
        return new Loaded(
                (Configuration) configuration.orElseThrow(),
                chosen.map(Path::toString).orElse(SettingLocation.PACKAGED));
    }

    private Optional<Path> defaultFile() {
        return Optional.of(DEFAULT_FILE).filter(path -> Files.exists(workingDirectory.resolve(path)));
    }

    private WrittenValue.Entries entries(Path file, List<ConfigurationException.Problem> problems) {
        Optional<WrittenValue> root =
                text(file, problems).flatMap(text -> YamlText.parse(file.toString(), text, problems));
        if (root.isEmpty()) {
            throw new ConfigurationException(problems);
        }
        if (root.get() instanceof WrittenValue.Entries entries) {
            return entries;
        }
        SettingLocation location = root.get().location();
        if (!(root.get() instanceof WrittenValue.Nothing)) {
            problems.add(new ConfigurationException.Problem(
                    location, root.get().description() + " (expected: a map of settings)"));
        }
        return new WrittenValue.Entries(location, Map.of());
    }

    private Optional<String> text(Path file, List<ConfigurationException.Problem> problems) {
        SettingLocation location = SettingLocation.of(file.toString());
        try {
            byte[] bytes = Files.readAllBytes(workingDirectory.resolve(file));
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString());
        } catch (NoSuchFileException e) {
            problems.add(new ConfigurationException.Problem(location, "no such file"));
        } catch (AccessDeniedException e) {
            problems.add(new ConfigurationException.Problem(location, "may not be read"));
        } catch (CharacterCodingException e) {
            problems.add(new ConfigurationException.Problem(location, "not UTF-8"));
        } catch (IOException e) {
            problems.add(new ConfigurationException.Problem(location, "cannot be read: " + e.getMessage()));
        }
        return Optional.empty();
    }

    private static WrittenValue.Entries packaged() {
        try (InputStream in = ConfigurationReader.class.getResourceAsStream("/conf/botgate.yaml")) {
            if (in == null) {
                throw new IllegalStateException("The defaults, conf/botgate.yaml, are missing on the class path");
            }
            List<ConfigurationException.Problem> problems = new ArrayList<>();
            Optional<WrittenValue> root = YamlText.parse(
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
        List<ConfigurationException.Problem> problems = new ArrayList<>();
        Optional<Object> defaults = new Binder(SHAPE, problems).bind(packaged, null);
        return (Configuration) defaults.orElseThrow(() -> new ConfigurationException(problems));
    }
}
