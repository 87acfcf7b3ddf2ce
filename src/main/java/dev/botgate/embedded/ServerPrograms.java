package dev.botgate.embedded;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * PostgreSQL's programs, and the user that they run as: they refuse to run as root.
 *
 * @param home the folder with {@code bin} and {@code lib}
 * @param prefix what comes before each command; empty unless this process is root
 * @param user the number of the user, who must own the cluster
 */
record ServerPrograms(Path home, List<String> prefix, int user) {
    private static final int ROOT = 0;
    private static final int NOBODY = 65_534;

    /** The programs as this user, or for root as an unprivileged user. */
    static ServerPrograms runnable(Path home, DataDirectory directory) throws IOException {
        int self = DataDirectory.currentUser();
        if (self != ROOT) {
            return new ServerPrograms(home, List.of(), self);
        }
        int owner = directory.hasCluster() ? DataDirectory.owner(directory.cluster()) : ROOT;
        int user = owner == ROOT ? unprivilegedUser() : owner;
        List<String> setpriv = List.of("setpriv", "--reuid=" + user, "--regid=" + user, "--clear-groups");
        // Where it is allowed, with the right to pass directories that are closed to that user, such as /root.
        List<String> passing = Stream.concat(
                        setpriv.stream(),
                        Stream.of(
                                "--securebits=+no_setuid_fixup",
                                "--inh-caps=+dac_override",
                                "--ambient-caps=+dac_override"))
                .toList();
        for (List<String> prefix : List.of(passing, setpriv)) {
            try {
                if (run(prefix, List.of("id")).exit() == 0) {
                    return new ServerPrograms(home, prefix, user);
                }
            } catch (IOException e) {
                // There is no setpriv.
            }
        }
        throw new EmbeddedDatabaseException("PostgreSQL does not run as root, and \"" + String.join(" ", setpriv)
                + "\" does not work here (it comes with util-linux and needs the right to change users);"
                + " run as a plain user, or set database.url");
    }

    /** The major version of these programs, as a cluster's {@code PG_VERSION} has it, such as {@code 18}. */
    String version() throws IOException {
        Result version = run("postgres", "--version");
        if (version.exit() != 0) {
            throw new EmbeddedDatabaseException(
                    "PostgreSQL's programs in " + home + " do not run here: " + version.lastLines()
                            + "; the directory must allow programs, and can be deleted to unpack it anew");
        }
        return version.output().replaceFirst("(?s)^\\D*(\\d+).*$", "$1");
    }

    /** Runs a program to its end. */
    Result run(String program, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(home.resolve("bin").resolve(program).toString());
        command.addAll(List.of(arguments));
        return run(prefix, command);
    }

    /** In English, and without what the environment sets for PostgreSQL. */
    private static Result run(List<String> prefix, List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        Stream.concat(prefix.stream(), command.stream()).toList())
                .redirectErrorStream(true)
                .redirectInput(new File("/dev/null"));
        Map<String, String> environment = builder.environment();
        environment.keySet().removeIf(name -> name.startsWith("PG") || name.startsWith("LC_"));
        environment.put("LC_ALL", "C");
        Process process = builder.start();
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Result(process.waitFor(), output);
        } catch (InterruptedException e) {
            process.destroy();
            throw EmbeddedDatabaseException.interrupted("waiting for one of PostgreSQL's programs");
        }
    }

    /** The number of the user {@code postgres} where there is one, else of {@code nobody}. */
    private static int unprivilegedUser() throws IOException {
        Path users = Path.of("/etc/passwd");
        if (!Files.isReadable(users)) {
            return NOBODY;
        }
        return Files.readAllLines(users, StandardCharsets.ISO_8859_1).stream()
                .filter(line -> line.matches("postgres:[^:]*:\\d{1,9}:.*"))
                .map(line -> Integer.parseInt(line.split(":")[2]))
                .findFirst()
                .orElse(NOBODY);
    }

    /**
     * How a program ended.
     *
     * @param output what it wrote, errors included
     */
    record Result(int exit, String output) {
        /** The end of the output, in one line. */
        String lastLines() {
            List<String> lines = output.lines().filter(line -> !line.isBlank()).toList();
            return String.join("; ", lines.subList(Math.max(0, lines.size() - 4), lines.size()));
        }
    }
}
