package dev.botgate.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.exchange.Caller;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RememberedCallersTest {
    private final AtomicLong clock = new AtomicLong(42);
    private final RememberedCallers remembered = new RememberedCallers(clock::get);
    private final List<String> read = new ArrayList<>();

    @Test
    void eachCredentialHasItsOwnCaller_readOnce() {
        call("one");
        call("two");
        call("one");
        call("two");

        assertThat(read).containsExactly("one", "two");
    }

    @Test
    void whatIsUsedStays() {
        for (int i = 0; i < 10; i++) {
            call("one");
            clock.addAndGet(RememberedCallers.GENERATION.toNanos() - 1);
        }

        assertThat(read).containsExactly("one");
    }

    @Test
    void whatIsNotUsedForAWholeGenerationIsForgotten() {
        call("one");
        clock.addAndGet(RememberedCallers.GENERATION.toNanos());
        call("two");
        clock.addAndGet(RememberedCallers.GENERATION.toNanos());
        call("two");
        read.clear();

        call("one");

        assertThat(read).containsExactly("one");
    }

    @Test
    void afterALongPauseNothingIsRemembered() {
        call("one");
        clock.addAndGet(2 * RememberedCallers.GENERATION.toNanos());
        read.clear();

        call("one");

        assertThat(read).containsExactly("one");
    }

    @Test
    void noMoreThanTwoGenerationsAreRemembered() {
        for (int i = 0; i <= 2 * RememberedCallers.LARGEST_GENERATION; i++) {
            call("bot " + i);
        }
        read.clear();

        call("bot 0");
        call("bot " + RememberedCallers.LARGEST_GENERATION * 2);

        assertThat(read).containsExactly("bot 0");
    }

    @Test
    void aCredentialOfUnusualLengthIsReadEachTime() {
        String endless = "x".repeat(RememberedCallers.LONGEST + 1);
        call(endless);
        call(endless);

        assertThat(read).hasSize(2);
    }

    /** Asks who shows the credential; it has to be who showed it. */
    private void call(String credential) {
        Caller caller = remembered.of(credential, text -> {
            read.add(text);
            return ClaimedIdentity.caller(List.of(text));
        });
        assertThat(caller).isEqualTo(ClaimedIdentity.caller(List.of(credential)));
    }
}
