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
 * Settings of how callers are identified; all but {@code mode} matter only to {@link Mode#VERIFIED}.
 *
 * @param issuers the accepted issuers by names of the operator's own
 * @param audiences the accepted audiences; a token needs one of them
 * @param clockSkew how far the issuer's clock and the gateway's may differ
 * @param refreshInterval how often keys are fetched
 * @param unknownKidInterval the minimum time between fetches that tokens with an unknown key trigger
 * @param maximumKeyAge how long the last keys stay valid while fetches fail
 * @param withdrawalGrace how long the last keys stay valid while the issuer's document has no usable key
 * @param fetchTimeout how long a fetch of keys may take
 * @param maximumRemembered how many verified tokens an event loop remembers
 */
public record IdentitySettings(
        Mode mode,
        Map<String, IssuerSettings> issuers,
        List<String> audiences,
        Duration clockSkew,
        Duration refreshInterval,
        Duration unknownKidInterval,
        Duration maximumKeyAge,
        Duration withdrawalGrace,
        Duration fetchTimeout,
        int maximumRemembered) {

    /** How callers are identified. */
    public enum Mode {
        /** By the names in the token, whose signature the gateway does not check. */
        CLAIMED,
        /** By tokens that a trusted issuer has signed for a configured audience; others are refused. */
        VERIFIED
    }

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
        if (mode == Mode.VERIFIED && issuers.isEmpty()) {
            throw SettingCheck.refused("issuers", "none", "at least one, since mode is verified");
        }
        if (mode == Mode.VERIFIED && audiences.isEmpty()) {
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
