package dev.botgate.identity;

import static dev.botgate.failure.SettingCheck.atLeast;
import static dev.botgate.failure.SettingCheck.notNegative;
import static dev.botgate.failure.SettingCheck.positive;

import dev.botgate.failure.SettingCheck;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Settings of how callers are known; all but {@code mode} matter to verification only.
 *
 * @param issuers name to issuer whose tokens are believed; the names are the operator's own
 * @param audiences what {@code aud} may be; one of them suffices
 * @param clockSkew how far the issuer's clock and this one may differ
 * @param refreshInterval how often an issuer's keys are fetched anew
 * @param unknownKidInterval how often, at most, tokens that name an unknown key make the keys be fetched
 * @param maximumKeyAge how long keys hold that cannot be fetched anew
 * @param withdrawalGrace how long keys hold in whose place there are none any more
 * @param fetchTimeout how long one fetch may take
 * @param maximumRemembered how many verified tokens one event loop remembers
 */
public record IdentitySettings(
        IdentityMode mode,
        Map<String, IssuerSettings> issuers,
        List<String> audiences,
        Duration clockSkew,
        Duration refreshInterval,
        Duration unknownKidInterval,
        Duration maximumKeyAge,
        Duration withdrawalGrace,
        Duration fetchTimeout,
        int maximumRemembered) {

    public IdentitySettings {
        issuers = Map.copyOf(issuers);
        audiences = List.copyOf(audiences);
        Set<String> seen = new HashSet<>();
        new TreeMap<>(issuers).forEach((name, issuer) -> {
            if (!seen.add(issuer.issuer())) {
                throw SettingCheck.refused("issuers", name, "an issuer that no other entry names");
            }
        });
        if (audiences.stream().anyMatch(String::isBlank)) {
            throw SettingCheck.refused("audiences", audiences, "texts that are not blank");
        }
        if (mode == IdentityMode.VERIFIED && issuers.isEmpty()) {
            throw SettingCheck.refused("issuers", "none", "at least one, since mode is verified");
        }
        if (mode == IdentityMode.VERIFIED && audiences.isEmpty()) {
            throw SettingCheck.refused("audiences", "none", "at least one, since mode is verified");
        }
        notNegative("clock-skew", clockSkew);
        positive("refresh-interval", refreshInterval);
        positive("unknown-kid-interval", unknownKidInterval);
        if (maximumKeyAge.compareTo(refreshInterval) <= 0) {
            throw SettingCheck.refused(
                    "maximum-key-age", maximumKeyAge.toSeconds() + "s", "more than refresh-interval");
        }
        notNegative("withdrawal-grace", withdrawalGrace);
        positive("fetch-timeout", fetchTimeout);
        atLeast("maximum-remembered", maximumRemembered, 0);
    }
}
