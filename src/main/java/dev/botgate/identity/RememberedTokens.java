package dev.botgate.identity;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The tokens that were believed and still would be, by digest; beyond the bound the one longest unused is forgotten. */
final class RememberedTokens {
    private final Map<String, TokenVerdict.Believed> byDigest;

    RememberedTokens(int maximum) {
        this.byDigest = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, TokenVerdict.Believed> eldest) {
                return size() > maximum;
            }
        };
    }

    Optional<TokenVerdict.Believed> find(String digest, Instant now) {
        TokenVerdict.Believed known = byDigest.get(digest);
        if (known != null && !known.holds(now)) {
            byDigest.remove(digest);
            return Optional.empty();
        }
        return Optional.ofNullable(known);
    }

    void add(String digest, TokenVerdict.Believed believed) {
        byDigest.put(digest, believed);
    }
}
