package dev.botgate.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ExchangeIdsTest {
    private static final Instant START = Instant.parse("2026-11-22T10:00:00.123456789Z");

    private final AtomicReference<Instant> now = new AtomicReference<>(START);
    private final ExchangeIds ids = new ExchangeIds(new GatewayRun("gate", UUID.randomUUID()), now::get);

    @Test
    void whenTheClockStandsStill_timesAndIdsRiseNevertheless() {
        List<ExchangeId> made = Stream.generate(ids::next).limit(5_000).toList();

        assertThat(made).extracting(ExchangeId::at).isSorted().doesNotHaveDuplicates();
        assertThat(made).extracting(ExchangeId::sequence).isSorted().doesNotHaveDuplicates();
        assertThat(made)
                .extracting(id -> id.id().toString())
                .isSortedAccordingTo(Comparator.naturalOrder())
                .doesNotHaveDuplicates();
    }

    @Test
    void anIdTellsItsTime() {
        ExchangeId made = ids.next();

        assertThat(made.at()).isEqualTo(Instant.parse("2026-11-22T10:00:00.123456Z"));
        assertThat(made.id().version()).isEqualTo(7);
        assertThat(made.id().variant()).isEqualTo(2);
        assertThat(made.id().getMostSignificantBits() >>> 16)
                .isEqualTo(made.at().toEpochMilli());
    }

    @Test
    void whenTheClockIsSetBackALittle_timeStillRises() {
        ExchangeId before = ids.next();
        now.set(START.minusMillis(900));

        ExchangeId after = ids.next();

        assertThat(after.at()).isAfter(before.at());
    }

    @Test
    void whenTheClockIsSetBackALot_itIsBelieved() {
        ExchangeId before = ids.next();
        now.set(START.minus(Duration.ofHours(1)));

        ExchangeId after = ids.next();

        assertThat(after.at()).isBefore(before.at());
        assertThat(after.id()).isNotEqualTo(before.id());
    }

    @Test
    void whenTwoGatewaysMakeIdsAtOneInstant_noneAreEqual() {
        ExchangeIds other = new ExchangeIds(new GatewayRun("other", UUID.randomUUID()), now::get);
        List<UUID> made = new ArrayList<>();

        for (int i = 0; i < 1_000; i++) {
            made.add(ids.next().id());
            made.add(other.next().id());
        }

        assertThat(made).doesNotHaveDuplicates();
    }
}
