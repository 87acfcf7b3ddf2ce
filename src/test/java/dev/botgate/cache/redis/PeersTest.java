package dev.botgate.cache.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.cache.redis.Peers.Change;
import dev.botgate.cache.redis.Peers.Found;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who of a fleet is silent, by a gateway whose heart beats once a second. */
class PeersTest {
    private static final Beat BEAT = new Beat("other", 1, 1_000);
    private static final Beat LEAVE = new Beat("other", 2, 0);

    private final Peers peers = new Peers(1_000);

    @ParameterizedTest
    @CsvSource({"1000, 3", "1, 3", "1001, 6", "10000, 30"})
    void afterItsPatience_aGatewayIsSilent_andOnceItIsHeardItIsNot(long everyMillis, int patience) {
        Beat beat = new Beat("other", 1, everyMillis);
        assertThat(peers.heard(beat)).isFalse();
        assertThat(after(patience)).isEmpty();
        assertThat(peers.allHeard()).isTrue();

        assertThat(after(1)).containsExactly(new Found("other", Change.FELL_SILENT));

        assertThat(peers.allHeard()).isFalse();
        assertThat(after(1)).isEmpty();
        assertThat(peers.heard(beat)).isTrue();
        assertThat(peers.allHeard()).isTrue();
        assertThat(peers.heard(beat)).isFalse();
    }

    @Test
    void whoIsHeardAllAlong_isNeverSilent() {
        for (int i = 0; i < 1_000; i++) {
            assertThat(peers.heard(BEAT)).isFalse();
            assertThat(after(1)).isEmpty();
        }
    }

    @Test
    void whoTakesLeave_isNotMissed() {
        assertThat(peers.heard(BEAT)).isFalse();
        assertThat(peers.heard(LEAVE)).isFalse();

        assertThat(after(1_000)).isEmpty();
        assertThat(peers.allHeard()).isTrue();
    }

    @Test
    void whoTakesLeaveAfterItsSilence_wasSilent() {
        assertThat(peers.heard(BEAT)).isFalse();
        assertThat(after(4)).hasSize(1);

        assertThat(peers.heard(LEAVE)).isTrue();
        assertThat(peers.allHeard()).isTrue();
    }

    @Test
    void whoStaysSilent_isGivenUpOnce() {
        assertThat(peers.heard(BEAT)).isFalse();
        assertThat(after(Peers.PATIENCE * Peers.GIVEN_UP_AFTER)).hasSize(1);

        assertThat(after(1)).containsExactly(new Found("other", Change.GIVEN_UP));

        assertThat(peers.allHeard()).isTrue();
        assertThat(after(1_000)).isEmpty();
    }

    @Test
    void whileNobodyCouldBeHeard_nobodyFellSilent_butWhoWasSilentStillIs() {
        assertThat(peers.heard(BEAT)).isFalse();
        assertThat(after(4)).hasSize(1);
        assertThat(peers.heard(new Beat("third", 1, 1_000))).isFalse();
        assertThat(after(3)).isEmpty();

        peers.restart();

        assertThat(after(3)).isEmpty();
        assertThat(peers.allHeard()).isFalse();
        assertThat(after(1)).containsExactly(new Found("third", Change.FELL_SILENT));
    }

    @Test
    void aBeat_isReadAsItWasTold() {
        assertThat(Beat.read(BEAT.text())).contains(BEAT);
        assertThat(Beat.read(new Beat("a&b=ü", 7, 0).text())).contains(new Beat("a&b=ü", 7, 0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1&a&1", "2&a&1&1", "1&a&x&1", "1&a&1&", "1&%&1&1", "1&a&1&1&1"})
    void whatIsNoBeat_isNone(String text) {
        assertThat(Beat.read(text)).isEmpty();
    }

    /** What so many beats show. */
    private List<Found> after(int beats) {
        return IntStream.range(0, beats)
                .mapToObj(beat -> peers.beat())
                .flatMap(List::stream)
                .toList();
    }
}
