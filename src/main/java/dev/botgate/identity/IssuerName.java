package dev.botgate.identity;

import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The name of an issuer; {@code {tenantid}} in it, as Microsoft's documents write it, stands for a token's tenant. */
record IssuerName(String text) {
    static final String TENANT = "{tenantid}";

    private static final Pattern TENANT_ID = Pattern.compile("[0-9A-Za-z.-]{1,256}");

    boolean isTemplate() {
        return text.contains(TENANT);
    }

    /** Whether a token that says {@code issuer} and {@code tenant} is of this issuer. */
    boolean matches(String issuer, @Nullable String tenant) {
        return of(tenant).filter(issuer::equals).isPresent();
    }

    /**
     * Whether a key of which this is the {@code issuer} may sign for {@code tenant} and {@code issuer}.
     *
     * <p>Azure's keys say so, and some of a document that many tenants share are those of a single one. They write the issuer
     * of version 2 even where they sign tokens of version 1, so that the tenant in it decides.
     */
    boolean mayMean(String issuer, @Nullable String tenant) {
        return of(tenant)
                .filter(name ->
                        name.equals(issuer) || (tenant != null && ("/" + name + "/").contains("/" + tenant + "/")))
                .isPresent();
    }

    private Optional<String> of(@Nullable String tenant) {
        if (!isTemplate()) {
            return Optional.of(text);
        }
        return tenant != null && TENANT_ID.matcher(tenant).matches()
                ? Optional.of(text.replace(TENANT, tenant))
                : Optional.empty();
    }
}
