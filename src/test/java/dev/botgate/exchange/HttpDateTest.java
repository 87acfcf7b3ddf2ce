package dev.botgate.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpDateTest {
    private static final Instant NEAR = Instant.parse("2026-11-30T12:00:00Z");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "Sun, 06 Nov 1994 08:49:37 GMT|1994-11-06T08:49:37Z",
                "Sunday, 06-Nov-94 08:49:37 GMT|1994-11-06T08:49:37Z",
                "Sun Nov  6 08:49:37 1994|1994-11-06T08:49:37Z",
                "Wed Nov 16 08:49:37 1994|1994-11-16T08:49:37Z",
                " Sun, 06 Nov 1994 08:49:37 GMT |1994-11-06T08:49:37Z",
                "Mon, 06 Nov 1994 08:49:37 GMT|1994-11-06T08:49:37Z",
                "Sat, 31 Dec 2016 23:59:60 GMT|2017-01-01T00:00:00Z",
                "Thursday, 29-Feb-24 00:00:00 GMT|2024-02-29T00:00:00Z"
            })
    void eachOfTheThreeForms_isRead(String text, Instant moment) {
        assertThat(HttpDate.read(text, NEAR)).contains(moment);
    }

    @ParameterizedTest
    @CsvSource({
        "'Monday, 30-Nov-76 12:00:00 GMT', 2076-11-30T12:00:00Z",
        "'Monday, 30-Nov-76 12:00:01 GMT', 1976-11-30T12:00:01Z",
        "'Monday, 30-Nov-99 12:00:00 GMT', 1999-11-30T12:00:00Z",
        "'Monday, 30-Nov-00 12:00:00 GMT', 2000-11-30T12:00:00Z"
    })
    void aYearOfTwoDigits_isNotMoreThanFiftyYearsAhead(String text, Instant moment) {
        assertThat(HttpDate.read(text, NEAR)).contains(moment);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0",
                "-1",
                "Sun, 06 Nov 1994 8:49:37 GMT",
                "Sun, 6 Nov 1994 08:49:37 GMT",
                "Sun, 06 Nov 94 08:49:37 GMT",
                "Sun, 06-Nov-1994 08:49:37 GMT",
                "Sun, 06  Nov 1994 08:49:37 GMT",
                "Sun 06 Nov 1994 08:49:37 GMT",
                "06 Nov 1994 08:49:37 GMT",
                "Sun, 06 Nov 1994 08.49.37 GMT",
                "Sun, 06 Nov 1994 08:49:37 +0000",
                "Sun, 06 Nov 1994 08:49:37 UTC",
                "Sun, 06 Nov 1994 08:49:37 gmt",
                "sun, 06 Nov 1994 08:49:37 GMT",
                "Sun, 06 NOV 1994 08:49:37 GMT",
                "Sun, 06 Nov 1994 08:49:37",
                "Sun, 30 Feb 1994 08:49:37 GMT",
                "Sun, 06 Nov 1994 24:49:37 GMT",
                "Sun, 06 Nov 1994 08:49:61 GMT",
                "Tuesday, 29-Feb-22 00:00:00 GMT",
                "Sun Nov 06 08:49:37 94"
            })
    void whatIsOfNoneOfThem_isNoDate(String text) {
        assertThat(HttpDate.read(text, NEAR)).isEmpty();
    }

    @Test
    void nothing_isNoDate() {
        assertThat(HttpDate.read(null, NEAR)).isEmpty();
    }
}
