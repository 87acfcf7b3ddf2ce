package dev.botgate.cli;

import java.util.Optional;
import picocli.CommandLine.IVersionProvider;

/** The version that the build wrote into the manifest, with the Java that runs it. */
final class Version implements IVersionProvider {
    /** The version; {@code development} for classes that were not packaged. */
    static String text() {
        return Optional.ofNullable(Version.class.getPackage().getImplementationVersion())
                .orElse("development");
    }

    @Override
    public String[] getVersion() {
        return new String[] {"botgate " + text() + " (Java " + Runtime.version() + ")"};
    }
}
