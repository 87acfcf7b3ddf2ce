package dev.botgate.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The Java that yardstick and gateways run on: the same for all. */
record Jdk(Path home, String version) {
    private static final Pattern VERSION = Pattern.compile("JAVA_VERSION=\"(([0-9]+)[^\"]*)\"");
    private static final Path INSTALLED = Path.of("/usr/lib/jvm");

    /** What {@code -Dbench.jdk} names, else Java 25 where it is installed, else the one that runs this. */
    static Jdk find() throws IOException {
        String named = System.getProperty("bench.jdk", "");
        Path own = Path.of(System.getProperty("java.home"));
        if (!named.isEmpty()) {
            return at(Path.of(named))
                    .orElseThrow(() -> new IllegalArgumentException(
                            "bench.jdk: " + named + " (expected: the home of a JDK, with a file \"release\")"));
        }
        List<Path> homes = new ArrayList<>();
        if (Files.isDirectory(INSTALLED)) {
            try (Stream<Path> installed = Files.list(INSTALLED)) {
                homes.addAll(installed.sorted().toList());
            }
        }
        for (Path home : homes) {
            Optional<Jdk> jdk = at(home).filter(found -> found.feature() == 25);
            if (jdk.isPresent()) {
                return jdk.get();
            }
        }
        return at(own).orElseGet(() -> new Jdk(own, System.getProperty("java.version")));
    }

    private static Optional<Jdk> at(Path home) throws IOException {
        Path release = home.resolve("release");
        if (!Files.isExecutable(home.resolve("bin/java")) || !Files.exists(release)) {
            return Optional.empty();
        }
        Matcher version = VERSION.matcher(Files.readString(release));
        return version.find() ? Optional.of(new Jdk(home, version.group(1))) : Optional.empty();
    }

    private int feature() {
        return Integer.parseInt(version.split("[.+-]")[0]);
    }

    /** What makes it write a flight recording to {@code file} when it ends; by processor time where it can. */
    List<String> recording(Path file) {
        String recording = "-XX:StartFlightRecording=filename=" + file + ",settings=profile";
        return List.of(feature() >= 25 ? recording + ",jdk.CPUTimeSample#enabled=true" : recording);
    }

    Path java() {
        return home.resolve("bin/java");
    }

    /** The command line up to the class or jar. What newer ones want to hear from Netty is said to all alike. */
    List<String> command(String... options) {
        List<String> command = new ArrayList<>(List.of(java().toString()));
        if (feature() >= 24) {
            command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"));
        }
        command.addAll(List.of(options));
        return command;
    }
}
