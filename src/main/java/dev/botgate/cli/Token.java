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

/** {@code token NAME}: a new token for the operator's listener, and the setting that lets it in. */
@Command(
        name = "token",
        description =
                "Makes a token for the operator's listener: 256 random bits, of which the settings keep a digest.")
final class Token implements Callable<Integer> {
    private static final String PREFIX = "botgate_";
    private static final int BYTES = 32;

    @Parameters(paramLabel = "NAME", description = "Whose it is; the trail records its use under this name.")
    private String name = "";

    @Option(
            names = "--role",
            paramLabel = "ROLE",
            defaultValue = "auditor",
            description = "auditor reads the trail, operator has the rest; auditor unless given.")
    private String role = "auditor";

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        if (spec == null) {
            throw new IllegalStateException("Not a part of a command line");
        }
        if (!name.matches("[a-z0-9]+(-[a-z0-9]+)*")) {
            throw new ParameterException(
                    spec.commandLine(), "NAME: " + name + " (expected: small letters and digits, with - between)");
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
        to.println("The token, for " + name + " alone; it is kept nowhere:");
        to.println("  " + token);
        to.println();
        to.println("Its setting:");
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
