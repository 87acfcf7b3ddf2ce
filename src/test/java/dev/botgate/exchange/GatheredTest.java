package dev.botgate.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GatheredTest {
    @Test
    void aChunkThatIsAllOfIt_staysWhatItIs() {
        Buffer chunk = Buffer.buffer("all");
        Gathered gathered = new Gathered(3);

        gathered.add(Buffer.buffer());
        gathered.add(chunk);

        assertThat(gathered.bytes()).isSameAs(chunk);
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 0, 5, 11, Long.MAX_VALUE})
    void chunksBecomeOneBuffer_andStayAsTheyWere(long expected) {
        Buffer first = Buffer.buffer("one");
        Gathered gathered = new Gathered(expected);

        gathered.add(first);
        gathered.add(Buffer.buffer("two"));
        gathered.add(Buffer.buffer("three"));

        assertThat(gathered.bytes()).isEqualTo(Buffer.buffer("onetwothree"));
        assertThat(gathered.length()).isEqualTo(11);
        assertThat(first).isEqualTo(Buffer.buffer("one"));
    }

    @Test
    void ofNothing_isEmpty() {
        assertThat(new Gathered(-1).bytes()).isEqualTo(Buffer.buffer());
    }
}
