package dev.botgate.identity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.KeyOperation;
import com.nimbusds.jose.jwk.KeyType;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import java.text.ParseException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** The usable public keys of a JWK Set (RFC 7517 section 5); immutable, and equal when the keys are. */
record KeySet(List<Key> keys) {
    /** The members of a key that are read, besides {@code issuer}; certificates and private parts are ignored. */
    private static final Set<String> MEMBERS = Set.of("kty", "kid", "use", "alg", "key_ops", "n", "e");

    private static final int MIN_BITS = 2048;

    KeySet {
        keys = List.copyOf(keys);
    }

    /**
     * One key.
     *
     * @param issuer the only issuer whose tokens the key signs, where the document names one
     */
    record Key(RSAKey rsa, @Nullable IssuerName issuer) {}

    /**
     * The keys of {@code document}. Keys that are not for RSA signatures, have no {@code kid} or fewer than 2048 bits (RFC 7518
     * section 3.3) are left out.
     *
     * @throws IllegalArgumentException when it has no array {@code keys}
     */
    static KeySet of(JsonNode document) {
        JsonNode keys = document.path("keys");
        if (!keys.isArray()) {
            throw new IllegalArgumentException("no keys in the document");
        }
        return new KeySet(StreamSupport.stream(keys.spliterator(), false)
                .flatMap(item -> key(item).stream())
                .toList());
    }

    /** The keys that may have made a signature with {@code header}: those of its {@code kid}, for its algorithm or any. */
    List<Key> candidates(JWSHeader header) {
        JWKMatcher matcher = new JWKMatcher.Builder()
                .keyType(KeyType.RSA)
                .keyID(header.getKeyID())
                .keyUses(KeyUse.SIGNATURE, null)
                .algorithms(header.getAlgorithm(), null)
                .build();
        return keys.stream().filter(key -> matcher.matches(key.rsa())).toList();
    }

    private static Optional<Key> key(JsonNode item) {
        if (!(item instanceof ObjectNode members)) {
            return Optional.empty();
        }
        String issuer = members.path("issuer").textValue();
        try {
            RSAKey key = RSAKey.parse(members.retain(MEMBERS).toString());
            boolean usable = key.getKeyID() != null
                    && key.size() >= MIN_BITS
                    && (key.getKeyOperations() == null || key.getKeyOperations().contains(KeyOperation.VERIFY));
            return usable
                    ? Optional.of(new Key(key, issuer == null ? null : new IssuerName(issuer)))
                    : Optional.empty();
        } catch (ParseException | RuntimeException unusable) {
            return Optional.empty();
        }
    }
}
