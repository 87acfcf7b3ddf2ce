package dev.botgate.bench;

import dev.botgate.bench.ProbeAgent.JvmProbe;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A proxy to be measured.
 *
 * @param name how the table calls it
 * @param probe the look into its JVM; null where it is none
 */
record Target(String name, Program program, @Nullable JvmProbe probe) implements AutoCloseable {

    int port() {
        return program.port();
    }

    Usage usage() throws IOException {
        return Usage.of(program.process());
    }

    long residentBytes() throws IOException {
        return Usage.residentBytes(program.process());
    }

    /** What it has allocated since it started; 0 where nobody can tell. */
    long allocatedBytes() throws IOException {
        return probe == null ? 0 : probe.allocatedBytes();
    }

    /** How long its compilers have worked; 0 where there are none. */
    long compiledMillis() throws IOException {
        return probe == null ? 0 : probe.compiledMillis();
    }

    @Override
    public void close() throws IOException {
        try {
            if (probe != null) {
                probe.close();
            }
        } finally {
            program.close();
        }
    }
}
