package dev.botgate.embedded;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * PostgreSQL's programs, and as whom they run: they refuse to run as root.
 *
 * @param home the folder with {@code bin} and {@code lib}
 * @param prefix what comes before each command; empty for a plain user
 * @param user whom the cluster must belong to
 */
record ServerPrograms(Path home, List<String> prefix, int user) {
    private static final Logger log = LoggerFactory.getLogger(ServerPrograms.class);

    private static final int ROOT = 0;
    private static final int NOBODY = 65_534;

    /** In a user namespace of its own a process is not root to itself, and still owns root's files. */
    private static final List<String> UNSHARE = List.of("unshare", "-U");

    /** Takes the first way that works here: as this user, in a user namespace, or as an unprivileged user. */
    static ServerPrograms runnable(Path home, DataDirectory directory) throws IOException {
        int self = DataDirectory.currentUser();
        if (self != ROOT) {
            return new ServerPrograms(home, List.of(), self);
        }
        List<ServerPrograms> ways = new ArrayList<>();
        int owner = directory.hasCluster() ? DataDirectory.owner(directory.cluster()) : ROOT;
        if (owner == ROOT) {
            ways.add(new ServerPrograms(home, UNSHARE, ROOT));
        }
        int unprivileged = owner == ROOT ? unprivilegedUser() : owner;
        ways.add(new ServerPrograms(home, setpriv(unprivileged, true), unprivileged));
        ways.add(new ServerPrograms(home, setpriv(unprivileged, false), unprivileged));
        for (ServerPrograms way : ways) {
            if (way.hasNamedUser()) {
                return way;
            }
        }
        throw new EmbeddedDatabaseException("PostgreSQL does not run as root, and neither \"unshare -U\" nor \"setpriv"
                + " --reuid=" + unprivileged + "\" works here (both come with util-linux; the one needs user"
                + " namespaces, the other the right to change users); run as a plain user, or set database.url");
    }

    /** Makes the cluster in {@code directory}: with a password, complete or not at all. */
    void initialize(DataDirectory directory) throws IOException {
        long begin = System.nanoTime();
        log.atInfo().addKeyValue("directory", directory.cluster()).log("Creating the database");
        DataDirectory.delete(directory.unfinishedCluster());
        directory.makePassword();
        own(directory);
        // spotless:off
        Process process = launch("initdb", List.of(
                "--pgdata=" + directory.unfinishedCluster(), "--username=" + EmbeddedDatabase.USER,
                "--pwfile=" + directory.passwordFile(), "--auth=scram-sha-256",
                "--encoding=UTF8", "--no-locale", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
                ProcessBuilder.Redirect.PIPE);
        // spotless:on
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (exit(process) != 0) {
            throw new EmbeddedDatabaseException(
                    "PostgreSQL could not be set up in " + directory.root() + ": " + lastLines(output));
        }
        directory.finishCluster(user);
        log.atInfo()
                .addKeyValue("directory", directory.cluster())
                .addKeyValue("milliseconds", (System.nanoTime() - begin) / 1_000_000)
                .log("Created the database");
    }

    /** Lets the user of these programs have the directory, where that is another than who runs this process. */
    void own(DataDirectory directory) throws IOException {
        if (user != DataDirectory.currentUser()) {
            directory.giveTo(user);
        }
    }

    /** The version of these programs as a cluster's {@code PG_VERSION} says it, such as {@code 18}. */
    String version() throws IOException {
        Process process = launch("postgres", List.of("--version"), ProcessBuilder.Redirect.PIPE);
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (exit(process) != 0) {
            throw new EmbeddedDatabaseException("PostgreSQL's programs in " + home + " do not run here: "
                    + lastLines(output) + "; the directory must allow programs, and can be deleted to unpack it anew");
        }
        return output.replaceFirst("(?s)^\\D*(\\d+).*$", "$1");
    }

    /** Starts a program with errors among its output, in English, and untouched by what the environment sets for PostgreSQL. */
    Process launch(String program, List<String> arguments, ProcessBuilder.Redirect output) throws IOException {
        List<String> command = new ArrayList<>(prefix);
        command.add(home.resolve("bin").resolve(program).toString());
        command.addAll(arguments);
        return launch(command, output);
    }

    /** Waits for the end of {@code process}. */
    static int exit(Process process) {
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            process.destroy();
            throw EmbeddedDatabaseException.interrupted("waiting for one of PostgreSQL's programs");
        }
    }

    /** The end of what a program said, in one line. */
    static String lastLines(String output) {
        List<String> lines = output.lines().filter(line -> !line.isBlank()).toList();
        return String.join("; ", lines.subList(Math.max(0, lines.size() - 4), lines.size()));
    }

    private static Process launch(List<String> command, ProcessBuilder.Redirect output) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                .redirectOutput(output);
        Map<String, String> environment = builder.environment();
        environment.keySet().removeIf(name -> name.startsWith("PG") || name.startsWith("LC_"));
        environment.put("LC_ALL", "C");
        return builder.start();
    }

    /** The programs look their user's name up, and end when there is none. */
    private boolean hasNamedUser() {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(List.of("id", "-un"));
        try {
            return exit(launch(command, ProcessBuilder.Redirect.DISCARD)) == 0;
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * The command that becomes {@code user}.
     *
     * @param reaching whether the directory is reached although one above it is closed to that user, such as /root
     */
    private static List<String> setpriv(int user, boolean reaching) {
        List<String> command =
                new ArrayList<>(List.of("setpriv", "--reuid=" + user, "--regid=" + user, "--clear-groups"));
        if (reaching) {
            command.addAll(List.of(
                    "--securebits=+no_setuid_fixup", "--inh-caps=+dac_override", "--ambient-caps=+dac_override"));
        }
        return command;
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
}
