package dev.botgate.identity;

import io.vertx.core.Future;

/** One attempt to get an issuer's keys; the future fails with a message that tells an operator why. */
@FunctionalInterface
interface KeyFetch {
    Future<KeySet> fetch();
}
