package dev.botgate.gateway;

import dev.botgate.audit.access.AuditReaderIdentity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Under which identity reads and drops are recorded where no token is used. */
public final class LocalReaderIdentity {
    private LocalReaderIdentity() {}

    /** The operating system's user, who runs a command. */
    public static AuditReaderIdentity commandLine() {
        return new AuditReaderIdentity(user(), "command line of " + host());
    }

    /** From the operating system, since {@code -Duser.name} can be set at will; a number for a user without a name. */
    private static String user() {
        return ProcessHandle.current().info().user().orElseGet(() -> {
            try {
                return Files.getOwner(Path.of("/proc/self")).getName();
            } catch (IOException e) {
                return "unknown";
            }
        });
    }

    /** The gateway itself; without a {@code name}, named by its host. */
    public static AuditReaderIdentity gateway(@Nullable String name) {
        return new AuditReaderIdentity(null, "gateway " + (name == null ? host() : name));
    }

    /** This machine's name. */
    static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }
}
