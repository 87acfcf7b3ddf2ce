package dev.botgate.identity;

import com.nimbusds.jose.jwk.KeyOperation;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.JSONObjectUtils;
import io.vertx.core.buffer.Buffer;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What is found where an issuer's keys should be. */
sealed interface KeyDocument {
    /** The largest document that is read, in bytes; Azure's have some 20 KB. */
    int LARGEST = 1 << 20;

    /** Public keys. */
    record Keys(KeySet keys) implements KeyDocument {}

    /** Where the keys are instead: the {@code jwks_uri} of an OpenID configuration. */
    record Link(URI url) implements KeyDocument {}

    /**
     * Reads a JWK Set (RFC 7517 section 5) or an OpenID configuration. Keys that are not for RSA signatures, have no
     * {@code kid} or fewer than 2048 bits (RFC 7518 section 3.3) are left out.
     *
     * @throws WithdrawnKeys when no key is left
     * @throws IllegalArgumentException when it is neither
     */
    static KeyDocument read(Buffer bytes) {
        Map<String, Object> document;
        try {
            document = JSONObjectUtils.parse(bytes.toString(StandardCharsets.UTF_8), LARGEST);
        } catch (ParseException unreadable) {
            throw new IllegalArgumentException("no JSON object of at most " + LARGEST + " bytes");
        }
        if (document.get("keys") instanceof List<?> list) {
            List<KeySet.Key> keys =
                    list.stream().flatMap(item -> Reading.key(item).stream()).toList();
            if (keys.isEmpty()) {
                throw new WithdrawnKeys();
            }
            return new Keys(new KeySet(keys));
        }
        if (document.get("jwks_uri") instanceof String url) {
            return Reading.link(url);
        }
        throw new IllegalArgumentException("neither keys nor jwks_uri in it");
    }

    /** The reading of the parts. */
    final class Reading {
        /** The rest, such as certificates and private parts, is no matter of ours. */
        private static final Set<String> MEMBERS = Set.of("kty", "kid", "use", "alg", "key_ops", "n", "e");

        private static final int FEWEST_BITS = 2048;

        private Reading() {}

        private static Optional<KeySet.Key> key(Object item) {
            if (!(item instanceof Map<?, ?> members)) {
                return Optional.empty();
            }
            Map<String, Object> known = new HashMap<>();
            members.forEach((name, value) -> {
                if (name instanceof String text && MEMBERS.contains(text)) {
                    known.put(text, value);
                }
            });
            try {
                RSAKey key = RSAKey.parse(known);
                boolean usable = key.getKeyID() != null
                        && key.size() >= FEWEST_BITS
                        && (key.getKeyOperations() == null
                                || key.getKeyOperations().contains(KeyOperation.VERIFY));
                IssuerName issuer = members.get("issuer") instanceof String text ? new IssuerName(text) : null;
                return usable ? Optional.of(new KeySet.Key(key, issuer)) : Optional.empty();
            } catch (ParseException | RuntimeException unusable) {
                return Optional.empty();
            }
        }

        private static Link link(String text) {
            try {
                URI url = new URI(text);
                if (KeyLocation.Url.allowed(url)) {
                    return new Link(url);
                }
            } catch (URISyntaxException unreadable) {
                throw new IllegalArgumentException("jwks_uri is no URL", unreadable);
            }
            throw new IllegalArgumentException("jwks_uri is not " + KeyLocation.Url.EXPECTED);
        }
    }
}
