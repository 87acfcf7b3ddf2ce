package dev.botgate.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.botgate.upstream.UpstreamSettings.ConnectorSettings;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServiceUrlsTest {
    private static final UpstreamSettings SETTINGS = settings(Map.of(
            "teams", "https://smba.trafficmanager.net",
            "amer", "https://smba.trafficmanager.net/amer/",
            "gcc", "https://smba.infra.gcc.teams.microsoft.com/teams",
            "local", "http://[::1]:3978/bot%20a",
            "twin", "https://SMBA.trafficmanager.net:443"));

    private final ServiceUrls urls = new ServiceUrls(URI.create("https://gate.example/bots/"), SETTINGS);

    @ParameterizedTest
    @CsvSource({
        "https://smba.trafficmanager.net/emea/, https://gate.example/bots/teams/emea/",
        "https://smba.trafficmanager.net/emea, https://gate.example/bots/teams/emea",
        "https://smba.trafficmanager.net, https://gate.example/bots/teams",
        "https://smba.trafficmanager.net/, https://gate.example/bots/teams/",
        "https://smba.trafficmanager.net/amer/x/, https://gate.example/bots/amer/x/",
        "https://smba.trafficmanager.net/amer, https://gate.example/bots/amer",
        "https://smba.trafficmanager.net/amerika/, https://gate.example/bots/teams/amerika/",
        "https://smba.infra.gcc.teams.microsoft.com/teams/, https://gate.example/bots/gcc/",
        "https://smba.trafficmanager.net/teams/, https://gate.example/bots/teams/teams/",
        "https://smba.trafficmanager.net/a|b;c%3A%2f?q=%7C&r#f, https://gate.example/bots/teams/a|b;c%3A%2f?q=%7C&r#f",
        "https://smba.trafficmanager.net?q=/../x, https://gate.example/bots/teams?q=/../x",
        "https://smba.trafficmanager.net//x//, https://gate.example/bots/teams//x//",
        "https://smba.trafficmanager.net/..x/x../.../, https://gate.example/bots/teams/..x/x../.../",
        "http://[::1]:3978/bot%20a/v3, https://gate.example/bots/local/v3",
    })
    void aServiceUrl_hasAnAddressOnTheGatewayAndBack(String service, String gateway) {
        assertThat(urls.toGateway(service)).contains(gateway);
        assertThat(urls.toUpstream(gateway)).contains(service);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTPS://smba.TrafficManager.net/emea/",
                "https://smba.trafficmanager.net:443/emea/",
                "https://smba.trafficmanager.net:/emea/",
                "https://SMBA.TRAFFICMANAGER.NET:0443/emea/"
            })
    void caseOfSchemeAndHost_andDefaultPorts_doNotCount(String service) {
        assertThat(urls.toGateway(service)).contains("https://gate.example/bots/teams/emea/");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://smba.trafficmanager.net.evil/emea/",
                "https://smba.trafficmanager.net.evil.example",
                "https://smba.trafficmanager.net@evil.example/emea/",
                "https://me@smba.trafficmanager.net/emea/",
                "https://evil.example/https://smba.trafficmanager.net/",
                "https://xsmba.trafficmanager.net/",
                "https://smba.trafficmanager.net:444/emea/",
                "https://smba.trafficmanager.net:99999999/emea/",
                "https://smba.trafficmanager.net:80x/",
                "http://smba.trafficmanager.net/emea/",
                "https://smba.trafficmanager.net\\.evil.example/",
                "https://smba.trafficmanager.net/a\\..\\b",
                "https://smba.trafficmanager.net/../x",
                "https://smba.trafficmanager.net/x/./y",
                "https://smba.trafficmanager.net/x/%2e%2E/y",
                "https://smba.trafficmanager.net/x%2f..%2Fy",
                "https://smba.trafficmanager.net/x/..",
                "https://smba.trafficmanager.net/x/%2e.?q",
                "https://smba.trafficmanager.net/a b",
                "https://smba.trafficmanager.net/a\nb",
                "https://smba.infra.gcc.teams.microsoft.com/teamsters/",
                "https://smba.infra.gcc.teams.microsoft.com/Teams/",
                "https://smba.infra.gcc.teams.microsoft.com/",
                "//smba.trafficmanager.net/emea/",
                "smba.trafficmanager.net",
                "https:/smba.trafficmanager.net/",
                "https://",
                "https:///x",
                "ftp://smba.trafficmanager.net/",
                "urn:botframework:websocket:wss://x",
                "",
            })
    void aSimilarUrl_isUnderNoConnector(String service) {
        assertThat(urls.toGateway(service)).isEmpty();
    }

    @Test
    void aLetterThatCaseFoldsToAsciiOnly_isAnotherHost() {
        ServiceUrls bank =
                new ServiceUrls(URI.create("https://gate.example"), settings(Map.of("teams", "https://bank.example")));

        assertThat(bank.toGateway("https://BANK.example/")).isPresent();
        assertThat(bank.toGateway("https://ban\u212a.example/")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "https://gate.example/bots/v3/conversations?x, https://smba.trafficmanager.net/v3/conversations?x",
        "https://gate.example/bots, https://smba.trafficmanager.net",
        "https://gate.example/bots/, https://smba.trafficmanager.net/",
        "https://GATE.example:443/bots/gcc/v3, https://smba.infra.gcc.teams.microsoft.com/teams/v3",
        "https://gate.example/bots/gcc?x, https://smba.infra.gcc.teams.microsoft.com/teams?x",
        "https://gate.example/bots/gccx/v3, https://smba.trafficmanager.net/gccx/v3",
        "https://gate.example/bots/GCC/v3, https://smba.trafficmanager.net/GCC/v3",
        "https://gate.example/bots//gcc/v3, https://smba.trafficmanager.net//gcc/v3",
    })
    void anAddressOfTheGateway_isTranslatedToAServiceUrl(String gateway, String service) {
        assertThat(urls.toUpstream(gateway)).contains(service);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://gate.example/botsy/teams/",
                "https://gate.example/",
                "https://gate.example.evil/bots/teams/",
                "http://gate.example/bots/teams/",
                "https://gate.example:8443/bots/teams/",
                "https://gate.example/bots/../teams/",
                "https://smba.trafficmanager.net/emea/",
                ""
            })
    void aUrlOutsideThePublicUrl_isNotTranslated(String gateway) {
        assertThat(urls.toUpstream(gateway)).isEmpty();
    }

    @Test
    void ofConnectorsWithTheSameBase_theDefaultOneIsNamed() {
        ServiceUrls same = new ServiceUrls(
                URI.create("http://127.0.0.1:3980"),
                settings(Map.of("alpha", "https://x.example", "teams", "https://x.example")));

        assertThat(same.toGateway("https://x.example/v3")).contains("http://127.0.0.1:3980/teams/v3");
    }

    @Test
    void anyPathBelowAConnector_isTranslatedBackUnchanged() {
        Random random = new Random(20260101);
        List<String> pieces = List.of(
                "/", "//", "teams", "amer", "gcc", "v3", "|", ";", "%3A", "%2F", ".a", "a.", "?", "#", "=", "\u00e9");
        List<String> bases =
                List.of("https://smba.trafficmanager.net", "https://smba.infra.gcc.teams.microsoft.com/teams");

        for (int i = 0; i < 5_000; i++) {
            StringBuilder url = new StringBuilder(bases.get(random.nextInt(bases.size()))).append('/');
            random.ints(random.nextInt(12), 0, pieces.size())
                    .mapToObj(pieces::get)
                    .forEach(url::append);

            String gateway = urls.toGateway(url.toString()).orElseThrow();

            assertThat(gateway).startsWith("https://gate.example/bots/");
            assertThat(urls.toUpstream(gateway)).contains(url.toString());
        }
    }

    @Test
    void aPublicUrlWithAUser_isRefused() {
        URI withUser = URI.create("https://me@gate.example");

        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> assertThat(new ServiceUrls(withUser, SETTINGS)).isNull())
                .withMessageStartingWith("public-url: ");
    }

    private static UpstreamSettings settings(Map<String, String> connectors) {
        return Forwarding.settings(connectors.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, entry -> new ConnectorSettings(URI.create(entry.getValue())))));
    }
}
