package dev.botgate.identity;

import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The name of an issuer; {@code {tenantid}} in it, as in Microsoft's documents, stands for a token's tenant. */
record IssuerName(String text) {
    static final String TENANT = "{tenantid}";

    private static final Pattern TENANT_ID = Pattern.compile("[0-9A-Za-z.-]{1,256}");

    boolean isTemplate() {
        return text.contains(TENANT);
    }

    /** Whether this is the issuer of a token with these claims. */
    boolean matches(String issuer, @Nullable String tenant) {
        return forTenant(tenant).filter(issuer::equals).isPresent();
    }

    /**
     * Whether a key whose {@code issuer} this is may sign a token with these claims.
     *
     * <p>A document that many tenants share may have keys of a single tenant. Azure's keys name the issuer of version 2 even
     * when they sign tokens of version 1; so it suffices that the tenant is the same.
     */
    boolean maySignFor(String issuer, @Nullable String tenant) {
        return forTenant(tenant)
                .filter(name ->
                        name.equals(issuer) || (tenant != null && ("/" + name + "/").contains("/" + tenant + "/")))
                .isPresent();
    }

    private Optional<String> forTenant(@Nullable String tenant) {
        if (!isTemplate()) {
            return Optional.of(text);
        }
        return tenant != null && TENANT_ID.matcher(tenant).matches()
                ? Optional.of(text.replace(TENANT, tenant))
                : Optional.empty();
    }
}
