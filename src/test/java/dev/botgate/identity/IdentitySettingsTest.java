package dev.botgate.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.botgate.testing.TestSettings;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdentitySettingsTest {
    private static final IssuerSettings ISSUER = issuer("https://keys.example/");

    @Test
    void verificationNeedsIssuersAndAudiences_claimsNeedNone() {
        assertThatCode(() -> settings(IdentitySettings.Mode.CLAIMED, Map.of(), List.of()))
                .doesNotThrowAnyException();
        assertThatCode(() -> settings(IdentitySettings.Mode.VERIFIED, Map.of("a", ISSUER), List.of("x")))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> settings(IdentitySettings.Mode.VERIFIED, Map.of(), List.of("x")))
                .hasMessage("issuers: none (expected: at least one, since mode is verified)");
        assertThatThrownBy(() -> settings(IdentitySettings.Mode.VERIFIED, Map.of("a", ISSUER), List.of()))
                .hasMessage("audiences: none (expected: at least one, since mode is verified)");
    }

    @Test
    void anIssuerNeedsKeys_inOnePlace() {
        assertThatThrownBy(() -> new IssuerSettings("x", null, null))
                .hasMessage("jwks: none (expected: a URL, or jwks-file)");
        assertThatThrownBy(() -> new IssuerSettings("x", URI.create("https://keys.example/"), Path.of("keys.json")))
                .hasMessage("jwks-file: keys.json (expected: none, since jwks is set)");
    }

    @Test
    void anIssuerIsNamedOnce() {
        assertThatThrownBy(() -> settings(
                        IdentitySettings.Mode.VERIFIED,
                        Map.of("a", ISSUER, "b", issuer("https://other.example/")),
                        List.of("x")))
                .hasMessage("issuers: b (expected: an issuer that no other entry names)");
    }

    @Test
    void anIssuerWithAnotherPlaceholder_isRefused() {
        assertThatThrownBy(() -> new IssuerSettings("https://x/{tenant}/", URI.create("https://k/"), null))
                .hasMessage("issuer: https://x/{tenant}/ (expected: no braces except {tenantid})");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://keys.example/",
                "http://127.0.0.1.example/",
                "ftp://127.0.0.1/",
                "keys.json",
                "https:///keys",
                "https://keys.example/#x",
                "http://[::2]/"
            })
    void keysThatSomebodyCouldChangeOnTheWay_areRefused(String url) {
        assertThatThrownBy(() -> issuer(url))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("jwks: " + url + " (expected: an https URL");
    }

    @Test
    void aPasswordInAUrl_isNotShown() {
        assertThatThrownBy(() -> issuer("https://me:secret@keys.example/"))
                .hasMessageStartingWith("jwks: this URL (expected");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://keys.example/?appid=x",
                "HTTPS://keys.example",
                "http://127.0.0.1:8080/",
                "http://localhost/",
                "http://[::1]:1/"
            })
    void httpsOrLoopback_isGood(String url) {
        assertThat(issuer(url).keyLocation()).isEqualTo(URI.create(url));
    }

    private static IssuerSettings issuer(String url) {
        return new IssuerSettings("https://issuer.example/", URI.create(url), null);
    }

    private static IdentitySettings settings(
            IdentitySettings.Mode mode, Map<String, IssuerSettings> issuers, List<String> audiences) {
        return TestSettings.with(
                TestSettings.PACKAGED.identity(), "mode", mode, "issuers", issuers, "audiences", audiences);
    }
}
