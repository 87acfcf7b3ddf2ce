package dev.botgate.audit.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.botgate.audit.Attempt;
import dev.botgate.audit.Exchanges;
import dev.botgate.audit.Intent;
import dev.botgate.audit.Outcome;
import dev.botgate.audit.OutcomeStatus;
import dev.botgate.audit.RecordedBody;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RecordCodecTest {
    private static final Intent FULL = Exchanges.intent("r\u00e9quest \ud83d\ude00");

    @Test
    void anIntentComesBackAsItWas() {
        Intent addressed = new Intent(
                FULL.exchange(),
                "r",
                FULL.operation(),
                "POST",
                FULL.uri(),
                "teams",
                null,
                null,
                true,
                null,
                "a",
                "m",
                "29:\u00e4nn",
                "text/json",
                FULL.body());

        assertThat(RecordCodec.decode(RecordCodec.encode(FULL))).isEqualTo(FULL);
        assertThat(RecordCodec.decode(RecordCodec.encode(addressed))).isEqualTo(addressed);
    }

    @Test
    void whatIsNullStaysNull() {
        Intent bare = new Intent(
                Exchanges.ids().next(),
                "r",
                "other",
                "DELETE",
                "/v3/x",
                "teams",
                null,
                null,
                true,
                null,
                null,
                null,
                null,
                null,
                new RecordedBody(RecordedBody.Form.STREAMED, null, null));

        assertThat(RecordCodec.decode(RecordCodec.encode(bare))).isEqualTo(bare);
    }

    @Test
    void anOutcomeComesBackAsItWas() {
        Outcome outcome = Exchanges.fullOutcome(FULL);

        assertThat(RecordCodec.decode(RecordCodec.encode(outcome))).isEqualTo(outcome);
        Outcome bare = Exchanges.outcome(FULL, OutcomeStatus.FAILED);
        assertThat(RecordCodec.decode(RecordCodec.encode(bare))).isEqualTo(bare);
    }

    @Test
    void anAttemptComesBackAsItWas() {
        Attempt attempt =
                new Attempt(FULL.exchange(), 2, FULL.exchange().at().plusSeconds(1), 503, "Busy", Duration.ofMillis(7));
        Attempt bare = new Attempt(FULL.exchange(), 1, FULL.exchange().at(), null, null, Duration.ZERO);

        assertThat(RecordCodec.decode(RecordCodec.encode(attempt))).isEqualTo(attempt);
        assertThat(RecordCodec.decode(RecordCodec.encode(bare))).isEqualTo(bare);
    }

    @Test
    void whatANewerGatewayWrote_isNotGuessedAt() {
        byte[] bytes = RecordCodec.encode(FULL);
        bytes[0] = 2;

        assertThatThrownBy(() -> RecordCodec.decode(bytes)).hasMessage("version 2 (expected: 1)");
    }
}
