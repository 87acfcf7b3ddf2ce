package dev.botgate.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.exchange.Caller;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Which callers {@link ClaimedIdentity} remembers: the same instance shows that the credential was not parsed again. */
class RememberedCallersTest {
    private final AtomicLong clock = new AtomicLong(42);
    private final ClaimedIdentity identity = new ClaimedIdentity(clock::get);

    @Test
    void eachCredentialHasItsOwnCaller_parsedOnce() {
        Caller one = caller("one");
        Caller two = caller("two");

        assertThat(caller("one")).isSameAs(one);
        assertThat(caller("two")).isSameAs(two);
    }

    @Test
    void aCallerThatComesBack_isRemembered() {
        Caller one = caller("one");
        for (int i = 0; i < 10; i++) {
            pass(ClaimedIdentity.MAX_IDLE.minusNanos(1));

            assertThat(caller("one")).isSameAs(one);
        }
    }

    @Test
    void aCallerThatStaysAway_isForgotten() {
        Caller one = caller("one");
        pass(ClaimedIdentity.MAX_IDLE);

        assertThat(caller("one")).isNotSameAs(one);
    }

    @Test
    void theNumberOfRememberedCallersIsBounded() {
        for (int i = 0; i < 3 * ClaimedIdentity.MAX_REMEMBERED; i++) {
            var unused = caller("bot " + i);
        }

        assertThat(identity.rememberedCount()).isEqualTo(ClaimedIdentity.MAX_REMEMBERED);
    }

    @Test
    void aCredentialOfUnusualLengthIsNotRemembered() {
        String endless = "x".repeat(ClaimedIdentity.MAX_LENGTH + 1);

        assertThat(caller(endless)).isNotSameAs(caller(endless));
    }

    private Caller caller(String credential) {
        Caller caller = identity.remembered(List.of(credential));
        assertThat(caller).isEqualTo(ClaimedIdentity.caller(List.of(credential)));
        return caller;
    }

    private void pass(Duration duration) {
        clock.addAndGet(duration.toNanos());
    }
}
