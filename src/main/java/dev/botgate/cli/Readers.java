package dev.botgate.cli;

import dev.botgate.audit.Visitor;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/** Who reads the trail where nobody shows a token. */
final class Readers {
    private Readers() {}

    /** The operating system's user, who runs a command here. */
    static Visitor commandLine() {
        return new Visitor(System.getProperty("user.name", "unknown"), "command line of " + host());
    }

    /** A gateway itself, called {@code name}, or as its host where that is null. */
    static Visitor gateway(@Nullable String name) {
        return new Visitor(null, "gateway " + (name == null ? host() : name));
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }
}
