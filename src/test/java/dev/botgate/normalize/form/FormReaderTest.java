package dev.botgate.normalize.form;

import static dev.botgate.normalize.TestBodies.SETTINGS;
import static dev.botgate.normalize.TestBodies.limits;
import static dev.botgate.normalize.TestBodies.refusalOf;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.botgate.schema.Schema;
import io.vertx.core.buffer.Buffer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FormReaderTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Schema SCHEMA = Schema.connector();

    private final FormReader reader = new FormReader(SETTINGS.formLimits(), SCHEMA);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "text                       | text=hi                                          | {'text':'hi'}",
                "a plus, a percent          | text=a+b%20c%2Bd%26%3D%25                        | {'text':'a b c+d&=%'}",
                "a second equals sign       | text=a=b                                         | {'text':'a=b'}",
                "UTF-8, encoded and raw     | text=%C3%A4%F0%9F%98%80ö                         | {'text':'ä😀ö'}",
                "lower-case digits          | text=%c3%a4                                      | {'text':'ä'}",
                "control characters         | text=a%0D%0A%09%00b                              | {'text':'a~r~n~t~u0000b'}",
                "empty, and without a sign  | text=&summary                                    | {'text':'','summary':''}",
                "ampersands too many        | &&text=a&&                                       | {'text':'a'}",
                "numbers stay text          | text=007&topicName=true                          | {'text':'007','topicName':'true'}",
                "brackets                   | from[id]=28:bot&from[name]=b                     | {'from':{'id':'28:bot','name':'b'}}",
                "brackets, encoded          | from%5Bid%5D=28%3Abot                            | {'from':{'id':'28:bot'}}",
                "dots                       | from.id=28:bot&from.name=b                       | {'from':{'id':'28:bot','name':'b'}}",
                "brackets and dots          | from[id]=a&from.name=b                           | {'from':{'id':'a','name':'b'}}",
                "letter case                | From.Id=a&TEXT=b                                 | {'from':{'id':'a'},'text':'b'}",
                "arrays by index            | attachments[0][contentType]=a&attachments[0][name]=b&attachments[1][name]=c | {'attachments':[{'contentType':'a','name':'b'},{'name':'c'}]}",
                "arrays by index and dot    | attachments[0].name=a&attachments[1].name=b      | {'attachments':[{'name':'a'},{'name':'b'}]}",
                "indices in disorder        | attachments[1].name=b&attachments[0].name=a      | {'attachments':[{'name':'a'},{'name':'b'}]}",
                "indices with gaps          | attachments[7].name=b&attachments[2].name=a      | {'attachments':[{'name':'a'},{'name':'b'}]}",
                "more than nine             | listenFor[10]=c&listenFor[9]=b&listenFor[1]=a    | {'listenFor':['a','b','c']}",
                "arrays of one              | listenFor[]=a                                    | {'listenFor':['a']}",
                "arrays of one              | listenFor=a                                      | {'listenFor':['a']}",
                "arrays of one              | listenFor[0]=a                                   | {'listenFor':['a']}",
                "arrays by repetition       | listenFor[]=a&listenFor[]=b                      | {'listenFor':['a','b']}",
                "arrays by repetition       | listenFor=a&text=x&listenFor=b                   | {'listenFor':['a','b'],'text':'x'}",
                "arrays inside              | suggestedActions[to][]=a&suggestedActions[actions][0][title]=b | {'suggestedActions':{'to':['a'],'actions':[{'title':'b'}]}}",
                "an empty text in an array  | listenFor=                                       | {'listenFor':['']}",
                "an empty array of objects  | attachments=                                     | {'attachments':null}",
                "an empty object            | from=                                            | {'from':null}",
                "booleans                   | historyDisclosed=true&conversation[isGroup]=0    | {'historyDisclosed':true,'conversation':{'isGroup':false}}",
                "an empty boolean           | historyDisclosed=                                | {'historyDisclosed':null}",
                "integers                   | textHighlights[0].occurrence=-007                | {'textHighlights':[{'occurrence':-7}]}",
                "times stay text            | timestamp=2024-01-01T01:02:03.1234567%2B02:00    | {'timestamp':'2024-01-01T01:02:03.1234567+02:00'}",
                "maps                       | semanticAction[entities][a][type]=b              | {'semanticAction':{'entities':{'a':{'type':'b'}}}}",
                "free: text                 | channelData=007                                  | {'channelData':'007'}",
                "free: parts                | channelData[a][b]=1&channelData[a][c]=2          | {'channelData':{'a':{'b':'1','c':'2'}}}",
                "free: arrays by index      | channelData[a][1]=b&channelData[a][0]=a          | {'channelData':{'a':['a','b']}}",
                "free: no array             | channelData[a][1]=b&channelData[a][3]=a          | {'channelData':{'a':{'1':'b','3':'a'}}}",
                "free: no array             | channelData[0]=b&channelData[x]=a                | {'channelData':{'0':'b','x':'a'}}",
                "free: no index             | channelData[00]=a&channelData[999999999999]=b    | {'channelData':{'00':'a','999999999999':'b'}}",
                "free: arrays of one        | channelData[a][]=1                               | {'channelData':{'a':['1']}}",
                "free: repeated             | channelData[a]=1&channelData[a]=2&channelData[a]=3 | {'channelData':{'a':['1','2','3']}}",
                "free: a dot in a bracket   | channelData[a.b]=1                               | {'channelData':{'a.b':'1'}}",
                "free: a JSON object        | channelData={%22a%22:[1,007.5]}                  | {'channelData':'{~'a~':[1,007.5]}'}",
                "free: a JSON object        | channelData=+{%22a%22:[1,7.50]}+                 | {'channelData': {'a':[1,7.50]} }",
                "free: a JSON array         | value=[%22a%22,null]                             | {'value':['a',null]}",
                "free: JSON that repeats    | value={%22a%22:1,%22a%22:2}                      | {'value':'{~'a~':1,~'a~':2}'}",
                "free: no JSON              | value={a:1}                                      | {'value':'{a:1}'}",
                "free: JSON scalars         | value=true&channelData=null                      | {'value':'true','channelData':'null'}",
                "free: JSON, repeated       | value={}&value=1                                 | {'value':[{},'1']}",
                "free: JSON in a part       | channelData[a]=[]                                | {'channelData':{'a':[]}}",
                "JSON in a text stays text  | text={%22a%22:1}                                 | {'text':'{~'a~':1}'}",
                "unlisted                   | foo=1&from[bar]=2&entities[0].extra=3            | {'foo':'1','from':{'bar':'2'},'entities':[{'extra':'3'}]}",
                "base64                     | value=AQID/w==                                   | {'value':'AQID/w=='}"
            })
    void aForm_becomesItsJson(String what, String form, String expected) throws JsonProcessingException {
        Buffer json = read(form);

        assertThat(JSON.readTree(json.toString()))
                .as(what)
                .isEqualTo(JSON.readTree(expected.replace('\'', '"').replace('~', '\\')));
    }

    @Test
    void aByteOrderMark_isSkipped() {
        assertThat(read("\uFEFFtext=hi").toString()).isEqualTo("{\"text\":\"hi\"}");
        assertThat(read("\uFEFF&text=\uFEFFhi").toString()).isEqualTo("{\"text\":\"\uFEFFhi\"}");
        assertThat(refusalOf(() -> read("\uFEFF")))
                .isEqualTo("line 1, column 1: the form has no fields (expected: name=value)");
        assertThat(refusalOf(() -> read("\uFEFFtext=%"))).startsWith("line 1, column 1: field text has a percent sign");
        assertThat(refusalOf(() -> read("\uFEFF{\"text\":1}")))
                .startsWith("line 1, column 1: the body looks like JSON");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "from=x&from[id]=y            | 1  | field from has text, but is an object",
                "from[id]=y&from=x            | 12 | field from contradicts an earlier field",
                "text=a&text=b                | 8  | field text contradicts an earlier field",
                "text=a&Text=b                | 8  | field Text contradicts an earlier field",
                "text[a]=b                    | 1  | field text[a] has parts, but is a single value",
                "text[]=b                     | 1  | field text[] has [], but is not an array",
                "from[]=b                     | 1  | field from[] has [], but is not an array",
                "from=text                    | 1  | field from has text, but is an object",
                "attachments=text             | 1  | field attachments has text, but is an object",
                "attachments[0]=text          | 1  | field attachments[0] has text, but is an object",
                "attachments[a]=text          | 1  | field attachments[a] has an invalid array index (expected: an index below",
                "attachments[-1].name=a       | 1  | field attachments[-1].name has an invalid array index",
                "attachments[00].name=a       | 1  | field attachments[00].name has an invalid array index",
                "attachments[999999999].name=a | 1 | field attachments[999999999].name has an invalid array index (expected: an index below 100000)",
                "attachments[9999999999999999999].name=a | 1 | field attachments[9999999999999999999].name has an invalid array index",
                "attachments[][name]=a        | 1  | field attachments[][name] has [] before its last part",
                "listenFor[0]=a&listenFor[0]=b | 16 | field listenFor[0] contradicts an earlier field",
                "listenFor[]=a&listenFor[0]=b | 15 | field listenFor[0] contradicts an earlier field",
                "listenFor[0]=a&listenFor=b   | 16 | field listenFor contradicts an earlier field",
                "value=a&value[b]=c           | 9  | field value[b] contradicts an earlier field",
                "value[b]=c&value=a           | 12 | field value contradicts an earlier field",
                "value[]=c&value[b]=a         | 11 | field value[b] contradicts an earlier field",
                "value={}&value[b]=a          | 10 | field value[b] contradicts an earlier field",
                "historyDisclosed=maybe       | 1  | field historyDisclosed is not a valid boolean (expected: true or false)",
                "textHighlights[0].occurrence=1e3 | 1 | field textHighlights[0].occurrence is not a valid 32-bit integer",
                "summary=a&text=%zz           | 11 | field text has a percent sign without two hexadecimal digits",
                "text=%                       | 1  | field text has a percent sign without two hexadecimal digits",
                "text=%4                      | 1  | field text has a percent sign without two hexadecimal digits",
                "text=%4&summary=1            | 1  | field text has a percent sign without two hexadecimal digits",
                "te%xxt=a                     | 1  | field te has a percent sign without two hexadecimal digits",
                "text=%FF                     | 1  | field text is not valid UTF-8",
                "text=%C3                     | 1  | field text is not valid UTF-8",
                "text=%ED%A0%80               | 1  | field text is not valid UTF-8",
                "%FF=a                        | 1  | field ? is not valid UTF-8",
                "=a                           | 1  | field  has a malformed name",
                "a=1&[a]=a                    | 5  | field [a] has a malformed name",
                ".a=a                         | 1  | field .a has a malformed name",
                "a[b=a                        | 1  | field a[b has a malformed name",
                "a[b]c=a                      | 1  | field a[b]c has a malformed name",
                "a..b=a                       | 1  | field a..b has a malformed name",
                "a.=a                         | 1  | field a. has a malformed name",
                "{%22type%22:1}               | 1  | the body looks like JSON",
                "&&                           | 1  | the form has no fields"
            })
    void anInvalidField_isRefusedByItsName(String form, int column, String reason) {
        String refusal = refusalOf(() -> read(form));

        assertThat(refusal)
                .startsWith("line 1, column " + column + ": " + reason)
                .doesNotContain("maybe");
    }

    @Test
    void aLongOrOddName_isShortenedInTheError() {
        String refusal = refusalOf(() -> read("from[" + "%0A".repeat(10) + "x".repeat(500) + "]%=a"));

        assertThat(refusal)
                .hasSizeLessThan(250)
                .contains("field from[??????????xxx")
                .doesNotContain("\n");
    }

    @Test
    void fieldsAreCounted() {
        FormReader few = new FormReader(limits(10, 100, 3, 100).formLimits(), SCHEMA);

        assertThat(refusalOf(() -> few.toJson(Buffer.buffer("a=1&b=2&c=3&d=4"), "Activity")))
                .isEqualTo("line 1, column 13: too many fields (expected: up to 3)");
    }

    @Test
    void differentNamesAreCounted() {
        FormReader few = new FormReader(limits(10, 100, 5, 100).formLimits(), SCHEMA);

        assertThat(refusalOf(() -> few.toJson(Buffer.buffer("value[a][b][c][d][e]=1"), "Activity")))
                .isEqualTo(
                        "line 1, column 1: field value[a][b][c][d][e] has too many different names (expected: up to 5)");
    }

    @Test
    void valuesAreCounted() {
        FormReader few = new FormReader(limits(10, 4, 100, 100).formLimits(), SCHEMA);

        assertThat(refusalOf(
                        () -> few.toJson(Buffer.buffer("listenFor=1&listenFor=2&listenFor=3&listenFor=4"), "Activity")))
                .isEqualTo("line 1, column 37: field listenFor has too many values (expected: up to 4)");
        assertThat(refusalOf(() -> few.toJson(Buffer.buffer("value=[1,2,3,4]"), "Activity")))
                .contains("field value contains JSON that exceeds a limit");
    }

    @Test
    void nestingIsBounded() {
        FormReader shallow = new FormReader(limits(3, 100, 100, 100).formLimits(), SCHEMA);

        assertThat(shallow.toJson(Buffer.buffer("value[a][b]=1"), "Activity").toString())
                .isEqualTo("{\"value\":{\"a\":{\"b\":\"1\"}}}");
        assertThat(refusalOf(() -> shallow.toJson(Buffer.buffer("value[a][b][c]=1"), "Activity")))
                .contains("field value[a][b][c] nests too deeply (expected: up to 3)");
        assertThat(refusalOf(() -> shallow.toJson(Buffer.buffer("value[a]=[[]]"), "Activity")))
                .contains("field value[a] contains JSON that exceeds a limit");
    }

    @Test
    void oneTextIsBounded() {
        FormReader brief = new FormReader(limits(10, 10, 10, 5).formLimits(), SCHEMA);

        assertThat(refusalOf(() -> brief.toJson(Buffer.buffer("text=%C3%A4%C3%A4%C3%A4"), "Activity")))
                .isEqualTo("line 1, column 1: field text is too long (expected: up to 5 bytes)");
    }

    @Test
    void manyElementsAndNames_areAllKept() throws JsonProcessingException {
        String form = IntStream.range(0, 2_000)
                .mapToObj(i -> "listenFor[" + (1_999 - i) + "]=" + i + "&value[n" + i + "]=" + i)
                .collect(Collectors.joining("&"));

        Buffer json = read(form);

        assertThat(JSON.readTree(json.toString()).path("listenFor")).hasSize(2_000);
        assertThat(JSON.readTree(json.toString()).path("listenFor").path(0).asText())
                .isEqualTo("1999");
        assertThat(JSON.readTree(json.toString()).path("value")).hasSize(2_000);
    }

    private Buffer read(String form) {
        return reader.toJson(Buffer.buffer(form), "Activity");
    }
}
