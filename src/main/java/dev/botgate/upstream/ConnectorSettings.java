package dev.botgate.upstream;

import dev.botgate.failure.SettingCheck;
import java.net.URI;
import java.util.Locale;

/**
 * One named connector.
 *
 * @param url its exact base URL; a request's path is appended to it
 */
public record ConnectorSettings(URI url) {
    public ConnectorSettings {
        boolean absolute = url.getHost() != null
                && url.getScheme() != null
                && url.getScheme().toLowerCase(Locale.ROOT).matches("https?");
        if (!absolute || url.getRawQuery() != null || url.getRawFragment() != null || url.getRawUserInfo() != null) {
            throw SettingCheck.refused(
                    "url",
                    url,
                    "an absolute http or https URL without query, fragment and user, such as https://smba.trafficmanager.net");
        }
    }
}
