package dev.botgate.identity;

import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.KeyType;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The public keys of an issuer, as they were fetched at one time; immutable, and equal when the keys are. */
record KeySet(List<Key> keys) {
    KeySet {
        keys = List.copyOf(keys);
    }

    /** The keys that a signature with {@code header} may be by: of that {@code kid}, and for that algorithm or any. */
    List<Key> named(JWSHeader header) {
        JWKMatcher matcher = new JWKMatcher.Builder()
                .keyType(KeyType.RSA)
                .keyID(header.getKeyID())
                .keyUses(KeyUse.SIGNATURE, null)
                .algorithms(header.getAlgorithm(), null)
                .build();
        return keys.stream().filter(key -> matcher.matches(key.rsa())).toList();
    }

    /**
     * One key.
     *
     * @param issuer for whom alone it signs, where the document says so
     */
    record Key(RSAKey rsa, @Nullable IssuerName issuer) {}
}
