package dev.botgate.gateway;

import dev.botgate.audit.access.AuditReaderIdentity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Who reads the trail where nobody shows a token. */
public final class LocalReaderIdentity {
    private LocalReaderIdentity() {}

    /** The operating system's user, who runs a command here. */
    public static AuditReaderIdentity commandLine() {
        return new AuditReaderIdentity(user(), "command line of " + host());
    }

    /** Asks the system itself, since anybody may set {@code -Duser.name}; a number for a user without a name. */
    private static String user() {
        return ProcessHandle.current().info().user().orElseGet(() -> {
            try {
                return Files.getOwner(Path.of("/proc/self")).getName();
            } catch (IOException e) {
                return "unknown";
            }
        });
    }

    /** A gateway itself, called {@code name}, or as its host where that is null. */
    public static AuditReaderIdentity gateway(@Nullable String name) {
        return new AuditReaderIdentity(null, "gateway " + (name == null ? host() : name));
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }
}
