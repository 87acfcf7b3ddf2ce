package dev.botgate.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.botgate.identity.IdentitySettings;
import dev.botgate.identity.IssuerSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class IdentityConfigurationTest {
    private static final String MODE = "BOTGATE_IDENTITY_MODE";
    private static final String ISSUER = "BOTGATE_IDENTITY_ISSUERS_AZURE_ISSUER";
    private static final String FILE = "BOTGATE_IDENTITY_ISSUERS_AZURE_JWKS_FILE";

    @Test
    void namesAreClaimed_unlessTheOperatorWantsThemVerified() {
        IdentitySettings usual = read(Map.of());

        assertThat(usual.mode()).isEqualTo(IdentitySettings.Mode.CLAIMED);
        assertThat(usual.clockSkew()).isEqualTo(Duration.ofMinutes(5));
    }

    @Test
    void anIssuer_mayComeFromTheEnvironment() {
        IdentitySettings read = read(Map.of(
                MODE,
                "verified",
                "BOTGATE_IDENTITY_AUDIENCES",
                "[a, b]",
                ISSUER,
                "https://i/{tenantid}/",
                FILE,
                "k.json"));

        assertThat(read.audiences()).containsExactly("a", "b");
        assertThat(read.issuers())
                .isEqualTo(Map.of("azure", new IssuerSettings("https://i/{tenantid}/", null, Path.of("k.json"))));
    }

    @Test
    void missingSettingsOfVerifiedMode_areNamed() {
        assertThatThrownBy(() -> read(Map.of(MODE, "verified")))
                .hasMessageContaining("identity.issuers: none (expected: at least one, since mode is verified)");
        assertThatThrownBy(() -> read(Map.of(MODE, "verified", ISSUER, "i", FILE, "k.json")))
                .hasMessageContaining("identity.audiences: none (expected: at least one, since mode is verified)");
        assertThatThrownBy(() -> read(Map.of(MODE, "verified", ISSUER, "i")))
                .hasMessageContaining("identity.issuers.azure.jwks: none (expected: a URL, or jwks-file)");
    }

    private static IdentitySettings read(Map<String, String> environment) {
        return new ConfigurationReader(environment, Path.of("target"))
                .read(null)
                .configuration()
                .identity();
    }
}
