package dev.botgate.normalize;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AcceptHeaderTest {
    private static final String APPLICATION = "application/xml";
    private static final String TEXT = "text/xml";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            nullValues = "json",
            value = {
                "application/xml                                          | application/xml",
                "text/xml                                                 | text/xml",
                "TEXT/XML                                                 | text/xml",
                "application/json                                         | json",
                "*/*                                                      | json",
                "application/*                                            | json",
                "text/*                                                   | json",
                "text/html                                                | json",
                "``                                                       | json",
                "application/xml, application/json                        | json",
                "application/json;q=0.9, application/xml                  | application/xml",
                "application/json, application/xml;q=0.9                  | json",
                "application/xml;q=0.5, */*;q=0.1                         | application/xml",
                "application/xml;q=0.1, */*;q=0.5                         | json",
                "text/xml, application/xml;q=0.9                          | text/xml",
                "text/xml;q=0.8, application/xml;q=0.9                    | application/xml",
                "text/xml, application/xml                                | application/xml",
                "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8 | application/xml",
                "application/*;q=0.5, text/xml;q=0.6                      | text/xml",
                "application/json;q=0, text/json;q=0, */*                 | application/xml",
                "application/json;q=0, text/json;q=0, */*;q=0.001         | application/xml",
                "application/json;q=0, text/json;q=0, text/*              | text/xml",
                "application/xml;q=0                                      | json",
                "application/xml;q=0.000                                  | json",
                "application/xml;q=1.000                                  | application/xml",
                "application/xml ; Q=0.7 , application/json ; q=0.6       | application/xml",
                "application/xml;charset=utf-8, application/json;q=0.9    | application/xml",
                "application/xml;charset=`UTF-8`;q=0.3, application/xml;q=1, application/json;q=0.5 | json",
                "application/xml;level=1, application/xml;q=0.2, application/json;q=0.5 | json",
                "application/xml;charset=utf-16, application/json;q=0.1   | json",
                "application/json;odata=verbose, application/xml;q=0.9    | json",
                "application/xml;q=2, application/json;q=0.1              | json",
                "application/xml;q=, application/json;q=0.1               | json",
                "application/xml;q=0.5;ext=1, application/json;q=0.4      | application/xml",
                "x/y;a=\",application/xml,\", application/json            | json",
                "x/y;a=\"\\\",application/json,\", application/xml        | application/xml",
                "application/soap+xml                                     | json",
                ",, ;,application/xml,                                    | application/xml"
            })
    void xmlIsPreferred_whereItsQualityIsHigherThanJsons(String header, String expected) {
        assertThat(AcceptHeader.of(List.of(header.replace('`', '"')))
                        .preferredXml()
                        .orElse(null))
                .isEqualTo(expected);
    }

    @Test
    void severalHeadersAreOneList() {
        assertThat(AcceptHeader.of(List.of("application/json;q=0.5", "text/xml"))
                        .preferredXml())
                .hasValue(TEXT);
        assertThat(AcceptHeader.of(List.of(APPLICATION, "application/json")).preferredXml())
                .isEmpty();
    }

    @Test
    void noHeaderPrefersJson() {
        assertThat(AcceptHeader.of(List.of()).preferredXml()).isEmpty();
    }
}
