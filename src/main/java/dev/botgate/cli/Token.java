package dev.botgate.cli;

import dev.botgate.admin.Authentication;
import dev.botgate.admin.AuthenticationSettings.Role;
import java.io.PrintWriter;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code token NAME}: a new token for the operator's API, and the settings that accept it. */
@Command(
        name = "token",
        description =
                "Creates a token for the operator's API: 256 random bits. The configuration keeps only a digest of it.")
final class Token implements Callable<Integer> {
    private static final String PREFIX = "botgate_";
    private static final int BYTES = 32;

    @Parameters(paramLabel = "NAME", description = "Who will use it. The audit trail records reads under this name.")
    private String name = "";

    @Option(
            names = "--role",
            paramLabel = "ROLE",
            defaultValue = "auditor",
            description = "auditor reads the audit trail, operator has the rest of the API. Default: auditor.")
    private String role = "auditor";

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        if (spec == null) {
            throw new IllegalStateException("Not part of a command line");
        }
        if (!name.matches("[a-z0-9]+(-[a-z0-9]+)*")) {
            throw new ParameterException(
                    spec.commandLine(), "NAME: " + name + " (expected: lower-case letters and digits, with - between)");
        }
        if (!role.equals(text(Role.AUDITOR)) && !role.equals(text(Role.OPERATOR))) {
            throw new ParameterException(spec.commandLine(), "--role: " + role + " (expected: auditor or operator)");
        }
        byte[] random = new byte[BYTES];
        new SecureRandom().nextBytes(random);
        print(
                PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(random),
                spec.commandLine().getOut());
        return ExitCode.OK.code();
    }

    private void print(String token, PrintWriter to) {
        String digest = HexFormat.of().formatHex(Authentication.sha256(token));
        String variable = "BOTGATE_ADMIN_AUTHENTICATION_TOKENS_"
                + name.toUpperCase(Locale.ROOT).replace('-', '_');
        to.println("The token for " + name + ". It is stored nowhere:");
        to.println("  " + token);
        to.println();
        to.println("Its settings in botgate.yaml:");
        to.println("admin:");
        to.println("  authentication:");
        to.println("    tokens:");
        to.println("      " + name + ": { role: " + role + ", sha256: " + digest + " }");
        to.println();
        to.println("Or in the environment:");
        to.println(variable + "_ROLE=" + role);
        to.println(variable + "_SHA256=" + digest);
        to.flush();
    }

    private static String text(Role role) {
        return role.name().toLowerCase(Locale.ROOT);
    }
}
