package dev.botgate.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestNameTest {
    @Test
    void aSwap_isOneSlip() {
        assertThat(NearestName.distance("prot", "port")).isEqualTo(1);
        assertThat(NearestName.distance("", "port")).isEqualTo(4);
        assertThat(NearestName.distance("kitten", "sitting")).isEqualTo(3);
    }

    @Test
    void caseAndSeparators_doNotCount() {
        assertThat(NearestName.distance("firstByteTimeout", "first-byte_timeout"))
                .isZero();
    }

    @Test
    void whatIsTooFar_isNotSuggested() {
        assertThat(NearestName.within("elephant", List.of("host", "port"))).isEmpty();
        assertThat(NearestName.within("prt", List.of("host", "port"))).contains("port");
        assertThat(NearestName.of("elephant", List.of("host", "port"))).isPresent();
    }
}
