package dev.botgate.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.botgate.failure.Failure;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class TrailRecordTest {

    @Nested
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

    @Nested
    class OutcomeStatusTest {

        @ParameterizedTest
        @CsvSource({
            "200, SUCCEEDED",
            "202, SUCCEEDED",
            "304, SUCCEEDED",
            "400, REFUSED",
            "412, REFUSED",
            "429, REFUSED",
            "500, FAILED",
            "503, FAILED",
            "502, UNKNOWN",
            "504, UNKNOWN"
        })
        void aReplyClosesByItsStatus(int status, OutcomeStatus expected) {
            assertThat(OutcomeStatus.ofHttpStatus(status)).isEqualTo(expected);
        }

        @ParameterizedTest
        @EnumSource(Failure.class)
        void aFailureClosesByWhetherItMayHaveHappened(Failure failure) {
            assertThat(OutcomeStatus.ofFailure(failure, false))
                    .isEqualTo(failure.mayHaveHappened() ? OutcomeStatus.UNKNOWN : OutcomeStatus.FAILED);
        }

        @Test
        void whenPartOfTheBodyWasSent_noFailureIsCertain() {
            assertThat(OutcomeStatus.ofFailure(Failure.BODY_TIMEOUT, true)).isEqualTo(OutcomeStatus.UNKNOWN);
        }
    }

    @Nested
    class SanitizedTextTest {

        @Test
        void whatCanBeStoredStaysAsItIs() {
            assertThat(SanitizedText.text("19:häß\u0001\uD83D\uDE00|;")).isEqualTo("19:häß\u0001\uD83D\uDE00|;");
        }

        @Test
        void whatCannotBeStoredBecomesASymbol() {
            assertThat(SanitizedText.text("a\0b")).isEqualTo("a\u2400b");
            assertThat(SanitizedText.text("a\uD83Db\uDE00")).isEqualTo("a\uFFFDb\uFFFD");
            assertThat(SanitizedText.text("\uD83D\uDE00\uD83D")).isEqualTo("\uD83D\uDE00\uFFFD");
        }
    }

    @Nested
    class DigestTest {
        /** Of FIPS 180-4's example {@code abc}. */
        private static final Digest ABC =
                new Digest(3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");

        @Test
        void aDigestIsOfTheBytes() {
            assertThat(Digest.of(Buffer.buffer("abc"))).isEqualTo(ABC);
        }

        @Test
        void whenTheBytesStandAmongOthers_theDigestIsOfThemAlone() {
            assertThat(Digest.of(Buffer.buffer("xxabcyy").slice(2, 5))).isEqualTo(ABC);
        }

        @Test
        void whenTheBytesAreOffTheHeap_theDigestIsTheSame() {
            ByteBuf direct = Unpooled.directBuffer().writeBytes("abc".getBytes(StandardCharsets.US_ASCII));
            try {
                assertThat(Digest.of(BufferInternal.buffer(direct))).isEqualTo(ABC);
            } finally {
                direct.release();
            }
        }

        @Test
        void oneDigestDoesNotGoIntoTheNext() {
            Digest first = Digest.of(Buffer.buffer("something else"));

            assertThat(Digest.of(Buffer.buffer("abc"))).isEqualTo(ABC).isNotEqualTo(first);
        }
    }
}
