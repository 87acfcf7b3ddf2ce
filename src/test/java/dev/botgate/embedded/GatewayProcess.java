package dev.botgate.embedded;

import dev.botgate.embedded.DirectoryLock.Purpose;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A JVM of its own that runs the embedded server of a directory until its input ends; what it says first is kept. */
final class GatewayProcess implements AutoCloseable {
    private final Process process;
    private final String answer;

    private GatewayProcess(Process process, String answer) {
        this.process = process;
        this.answer = answer;
    }

    /** Starts it behind {@code prefix}, such as setpriv, with {@code environment} added to this one's. */
    static GatewayProcess start(List<String> prefix, Map<String, String> environment, Path directory)
            throws IOException {
        return start(prefix, environment, directory, Purpose.RUN);
    }

    private static GatewayProcess start(
            List<String> prefix, Map<String, String> environment, Path directory, Purpose purpose) throws IOException {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                GatewayProcess.class.getName(),
                directory.toString(),
                purpose.name()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(environment);
        Process process = builder.start();
        BufferedReader lines = process.inputReader();
        String line = lines.readLine();
        while (line != null && !line.startsWith("PID ") && !line.startsWith("REFUSED ")) {
            line = lines.readLine();
        }
        return new GatewayProcess(process, line == null ? "ended" : line);
    }

    static GatewayProcess start(Path directory) throws IOException {
        return start(List.of(), Map.of(), directory);
    }

    /** Starts one that visits, as a command does. */
    static GatewayProcess visit(Path directory) throws IOException {
        return start(List.of(), Map.of(), directory, Purpose.VISIT);
    }

    /** {@code PID} and the server's process id, or {@code REFUSED} and why. */
    String answer() {
        return answer;
    }

    long serverPid() {
        return Long.parseLong(answer.substring("PID ".length()));
    }

    long pid() {
        return process.pid();
    }

    /** SIGKILL, and waits for the end. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Ends its input, and waits until it has stopped its server. */
    @Override
    public void close() throws IOException, InterruptedException {
        process.getOutputStream().close();
        process.waitFor();
    }

    public static void main(String[] arguments) throws IOException {
        Path directory = Path.of(arguments[0]);
        try (EmbeddedDatabase database = Purpose.valueOf(arguments[1]) == Purpose.VISIT
                ? EmbeddedDatabase.visit(directory, true)
                : EmbeddedDatabase.start(directory)) {
            System.out.println("PID " + database.pid());
            System.in.readAllBytes();
        } catch (EmbeddedDatabaseException e) {
            System.out.println("REFUSED " + e.getMessage());
        }
    }
}
