package dev.botgate.gateway;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.TrustOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import org.jspecify.annotations.Nullable;

/** Which certificates of servers to trust. */
final class Trust {
    private Trust() {}

    /**
     * The certificates in {@code file}, instead of those that Java trusts.
     *
     * @param setting which names the file
     * @return null for no file
     * @throws IllegalArgumentException when there is none in it, or it cannot be read
     */
    static @Nullable TrustOptions of(String setting, @Nullable Path file) {
        if (file == null) {
            return null;
        }
        try {
            byte[] pem = Files.readAllBytes(file);
            if (CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(pem))
                    .isEmpty()) {
                throw refused(setting, file, "no certificate in it", null);
            }
            return new PemTrustOptions().addCertValue(Buffer.buffer(pem));
        } catch (IOException e) {
            throw refused(setting, file, "not readable", e);
        } catch (CertificateException e) {
            throw refused(setting, file, "no certificate in it", e);
        }
    }

    private static IllegalArgumentException refused(String setting, Path file, String why, @Nullable Exception cause) {
        return new IllegalArgumentException(
                setting + ": " + file + ": " + why + " (expected: a file of PEM certificates)", cause);
    }
}
