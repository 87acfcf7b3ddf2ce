package dev.botgate.identity;

import dev.botgate.failure.SettingCheck;
import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One issuer whose tokens are accepted, and where its keys are: at a URL or in a file.
 *
 * @param issuer the exact {@code iss}; {@code {tenantid}} in it stands for the token's {@code tid}, and accepts every tenant
 * @param jwks the URL of a JWK Set (RFC 7517), or of an OpenID configuration with a {@code jwks_uri}
 * @param jwksFile the file of a JWK Set
 */
public record IssuerSettings(String issuer, @Nullable URI jwks, @Nullable Path jwksFile) {
    static final String TRUSTWORTHY_URL =
            "an https URL without user and fragment, or an http one on loopback, such as https://login.example/keys";

    private static final Pattern LOOPBACK =
            Pattern.compile("localhost|127(\\.[0-9]{1,3}){3}|\\[::1]", Pattern.CASE_INSENSITIVE);

    public IssuerSettings {
        SettingCheck.notBlank("issuer", issuer);
        String rest = issuer.replace(IssuerName.TENANT, "");
        if (rest.indexOf('{') >= 0 || rest.indexOf('}') >= 0) {
            throw SettingCheck.refused("issuer", issuer, "no braces except " + IssuerName.TENANT);
        }
        if (jwks == null && jwksFile == null) {
            throw SettingCheck.refused("jwks", "none", "a URL, or jwks-file");
        }
        if (jwks != null && jwksFile != null) {
            throw SettingCheck.refused("jwks-file", jwksFile, "none, since jwks is set");
        }
        if (jwks != null && !isTrustworthy(jwks)) {
            boolean hasUser =
                    jwks.getRawAuthority() != null && jwks.getRawAuthority().indexOf('@') >= 0;
            throw SettingCheck.refused("jwks", hasUser ? "this URL" : jwks, TRUSTWORTHY_URL);
        }
    }

    /** The URL of the keys; of the scheme {@code file} for a file. */
    URI keyLocation() {
        return jwks != null
                ? jwks
                : Objects.requireNonNull(jwksFile).normalize().toUri();
    }

    /** Whether nobody can change keys on the way from {@code url}; whoever could would be able to act as any bot. */
    static boolean isTrustworthy(URI url) {
        String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
        String host = url.getHost() == null ? "" : url.getHost();
        boolean plain = url.getRawUserInfo() == null && url.getRawFragment() == null && !host.isEmpty();
        return plain
                && (scheme.equals("https")
                        || (scheme.equals("http") && LOOPBACK.matcher(host).matches()));
    }
}
