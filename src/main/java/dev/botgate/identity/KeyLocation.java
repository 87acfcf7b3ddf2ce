package dev.botgate.identity;

import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Pattern;

/** Where an issuer's keys are. */
sealed interface KeyLocation {

    /** Of a JWK Set, or of an OpenID configuration that tells where that is. */
    record Url(URI url) implements KeyLocation {
        static final String EXPECTED =
                "an https URL without user and fragment, or an http one on loopback, such as https://login.example/keys";

        private static final Pattern LOOPBACK =
                Pattern.compile("localhost|127(\\.[0-9]{1,3}){3}|\\[::1]", Pattern.CASE_INSENSITIVE);

        /** Whether keys may be believed that come from {@code url}: whoever could change them on the way could be any bot. */
        static boolean allowed(URI url) {
            String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
            String host = url.getHost() == null ? "" : url.getHost();
            boolean plain = url.getRawUserInfo() == null && url.getRawFragment() == null && !host.isEmpty();
            return plain
                    && (scheme.equals("https")
                            || (scheme.equals("http") && LOOPBACK.matcher(host).matches()));
        }

        /** Whether what lies at {@code from} may send to {@code to}: what came by TLS leads to nothing that does not. */
        static boolean mayLead(URI from, URI to) {
            return "https".equalsIgnoreCase(to.getScheme()) || !"https".equalsIgnoreCase(from.getScheme());
        }

        @Override
        public String toString() {
            return url.toString();
        }
    }

    /** Of a JWK Set. */
    record File(Path path) implements KeyLocation {
        @Override
        public String toString() {
            return path.toString();
        }
    }
}
