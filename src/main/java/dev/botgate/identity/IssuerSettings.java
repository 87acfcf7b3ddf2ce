package dev.botgate.identity;

import dev.botgate.failure.SettingCheck;
import java.net.URI;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One issuer whose tokens are believed, and where its keys are.
 *
 * @param issuer what {@code iss} is, byte for byte; {@code {tenantid}} in it stands for the token's {@code tid}, and so lets
 *     in every tenant
 * @param jwks URL of the keys (a JWK Set, RFC 7517), or of an OpenID configuration whose {@code jwks_uri} tells it
 * @param jwksFile file of the keys, instead of a URL
 */
public record IssuerSettings(String issuer, @Nullable URI jwks, @Nullable Path jwksFile) {

    public IssuerSettings {
        SettingCheck.notBlank("issuer", issuer);
        String rest = issuer.replace(IssuerName.TENANT, "");
        if (rest.indexOf('{') >= 0 || rest.indexOf('}') >= 0) {
            throw SettingCheck.refused("issuer", issuer, "no braces but those of " + IssuerName.TENANT);
        }
        if (jwks == null && jwksFile == null) {
            throw SettingCheck.refused("jwks", "none", "a URL, or jwks-file");
        }
        if (jwks != null && jwksFile != null) {
            throw SettingCheck.refused("jwks-file", jwksFile, "none, since there is jwks");
        }
        if (jwks != null && !KeyLocation.Url.allowed(jwks)) {
            Object shown =
                    jwks.getRawAuthority() == null || jwks.getRawAuthority().indexOf('@') < 0 ? jwks : "this URL";
            throw SettingCheck.refused("jwks", shown, KeyLocation.Url.EXPECTED);
        }
    }

    KeyLocation place() {
        return jwks != null
                ? new KeyLocation.Url(jwks)
                : new KeyLocation.File(Objects.requireNonNull(jwksFile).normalize());
    }
}
