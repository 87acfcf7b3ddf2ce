package dev.botgate.normalize.xml;

import static dev.botgate.normalize.TestBodies.SETTINGS;
import static dev.botgate.normalize.TestBodies.refusalOf;
import static dev.botgate.normalize.TestBodies.resource;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.botgate.schema.Schema;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class XmlReaderTest {
    private static final JsonMapper EXACT = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();
    private static final Schema SCHEMA = Schema.connector();
    private static final String XSI = " xmlns:i='http://www.w3.org/2001/XMLSchema-instance'"
            + " xmlns:x='http://www.w3.org/2001/XMLSchema'"
            + " xmlns:a='http://schemas.microsoft.com/2003/10/Serialization/Arrays'"
            + " xmlns:z='http://schemas.microsoft.com/2003/10/Serialization/'";

    private final XmlReader reader = new XmlReader(SETTINGS.xmlLimits(), SCHEMA);

    @ParameterizedTest
    @CsvSource({
        "Activity, activity.data-contract",
        "Activity, activity.xml-serializer",
        "Activity, activity.openapi",
        "ConversationParameters, parameters.data-contract",
        "ConversationParameters, parameters.xml-serializer",
        "ConversationParameters, parameters.openapi",
        "Transcript, transcript.data-contract",
        "Transcript, transcript.xml-serializer",
        "Transcript, transcript.openapi",
        "AttachmentData, attachment.data-contract",
        "AttachmentData, attachment.xml-serializer",
        "AttachmentData, attachment.openapi"
    })
    void documentsOfEveryModelInEveryDialect_becomeTheirJson(String model, String name) throws JsonProcessingException {
        Buffer json = reader.toJson(resource(name + ".xml"), null, model);

        assertThat(EXACT.readTree(json.toString()))
                .isEqualTo(EXACT.readTree(resource(name + ".json").toString()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "OpenAPI: one element of an array    | <listenFor>a</listenFor>                     | {'listenFor':['a']}",
                "OpenAPI: an empty array's element   | <listenFor/>                                 | {'listenFor':null}",
                "OpenAPI: null among elements        | <listenFor>a</listenFor><listenFor/>         | {'listenFor':['a',null]}",
                "OpenAPI: empty is null              | <text></text><from/><value/>                 | {'text':null,'from':null,'value':null}",
                "OpenAPI: spaces are text            | <text> </text><listenFor> </listenFor>       | {'text':' ','listenFor':[' ']}",
                "OpenAPI: wrapped all the same       | <type>a</type><attachments><Attachment/></attachments> | {'type':'a','attachments':[null]}",
                "OpenAPI: wrapped strings            | <type>a</type><listenFor><string>b</string></listenFor> | {'type':'a','listenFor':['b']}",
                ".NET: empty is empty                | <Text/><From/><ListenFor/><Attachments/>     | {'text':'','from':{},'listenFor':[],'attachments':[]}",
                ".NET: an empty wrapper with spaces  | <Text/><ListenFor> </ListenFor>              | {'text':'','listenFor':[]}",
                ".NET: unwrapped all the same        | <Text/><Attachments><Name>a</Name></Attachments><Attachments><Name>b</Name></Attachments> | {'text':'','attachments':[{'name':'a'},{'name':'b'}]}",
                ".NET: null in an array              | <Text/><ListenFor><a:string i:nil='true'/></ListenFor> | {'text':'','listenFor':[null]}",
                "nil                                 | <text i:nil='true'/><from i:nil='1'> </from> | {'text':null,'from':null}",
                "nil that is not                     | <text i:nil='false'>a</text>                 | {'text':'a'}",
                "booleans                            | <historyDisclosed> 1 </historyDisclosed>     | {'historyDisclosed':true}",
                "booleans                            | <historyDisclosed>0</historyDisclosed>       | {'historyDisclosed':false}",
                "booleans in free text stay text     | <value>true</value>                          | {'value':'true'}",
                "numbers in free text stay text      | <value>007</value>                           | {'value':'007'}",
                "numbers of a declared type          | <value i:type='x:int'>007</value>            | {'value':7}",
                "numbers of a declared type          | <value i:type='x:double'>+.50</value>        | {'value':0.50}",
                "numbers of a declared type          | <value i:type='x:decimal'>-5.</value>        | {'value':-5}",
                "numbers of a declared type          | <value i:type='x:double'>-00.1E+05</value>   | {'value':-0.1E+05}",
                "numbers of a declared type          | <value i:type='x:integer'>-0</value>         | {'value':-0}",
                "numbers of any length               | <value i:type='x:integer'>123456789012345678901234567890</value> | {'value':123456789012345678901234567890}",
                "a declared empty string             | <value i:type='x:string'/>                   | {'value':''}",
                "a declared type that is unknown     | <value i:type='MyCard'><a>1</a></value>      | {'value':{'a':'1'}}",
                "a declared type of a known string   | <text i:type='x:string'>7</text>             | {'text':'7'}",
                "characters                          | <value i:type='z:char'>228</value>           | {'value':'ä'}",
                "a declared time                     | <value i:type='x:dateTime'>2024-01-01T00:00:00.1234567</value> | {'value':'2024-01-01T00:00:00.1234567'}",
                "a declared array of integers        | <value i:type='a:ArrayOfint'><a:int>1</a:int><a:int>02</a:int></value> | {'value':[1,2]}",
                "a declared empty array              | <value i:type='a:ArrayOfstring'/>            | {'value':[]}",
                "a declared array of models          | <value i:type='ArrayOfChannelAccount'><ChannelAccount><Id>a</Id></ChannelAccount></value> | {'value':[{'id':'a'}]}",
                "a declared free type                | <value i:type='x:anyType'><a>1</a></value>   | {'value':{'a':'1'}}",
                "free: repeated is an array          | <value><a>1</a><b/><a>2</a></value>          | {'value':{'a':['1','2'],'b':null}}",
                "free: repeated objects and texts    | <value><a>1</a><a><b>2</b></a><a/></value>   | {'value':{'a':['1',{'b':'2'},null]}}",
                "free: repeated arrays stay apart    | <value><a i:type='a:ArrayOfint'><a:int>1</a:int></a><a i:type='a:ArrayOfint'><a:int>2</a:int></a></value> | {'value':{'a':[[1],[2]]}}",
                "free: spaces around elements        | <value> <a> 1 </a> </value>                  | {'value':{'a':' 1 '}}",
                "free: an encoded name               | <Text/><Value><a_x0020_b>1</a_x0020_b></Value> | {'text':'','value':{'a b':'1'}}",
                "free: what looks like an entry      | <type/><value><KeyValueOfx><Key>a</Key></KeyValueOfx></value> | {'type':null,'value':{'KeyValueOfx':{'Key':'a'}}}",
                "free: a dictionary of .NET          | <Text/><Value><a:KeyValueOfstringstring><a:Key>a b</a:Key><a:Value>1</a:Value></a:KeyValueOfstringstring></Value> | {'text':'','value':{'a b':'1'}}",
                "unlisted names keep their case      | <Text/><Foo>1</Foo>                          | {'text':'','Foo':'1'}",
                "unlisted repeated                   | <foo>1</foo><foo>2</foo>                     | {'foo':['1','2']}",
                "times as pairs, before midnight     | <Expiration><DateTime>2024-01-01T00:00:00Z</DateTime><OffsetMinutes>-60</OffsetMinutes></Expiration> | {'expiration':'2023-12-31T23:00:00-01:00'}",
                "times as pairs, without offset      | <Expiration><OffsetMinutes>0</OffsetMinutes><DateTime>2024-02-28T23:59:59.0000001Z</DateTime></Expiration> | {'expiration':'2024-02-28T23:59:59.0000001+00:00'}",
                "times as pairs, half hours          | <Expiration><DateTime>2024-02-28T20:00:00</DateTime><OffsetMinutes>330</OffsetMinutes></Expiration> | {'expiration':'2024-02-29T01:30:00+05:30'}",
                "times as text                       | <expiration>1704067200</expiration>          | {'expiration':'1704067200'}",
                "comments and instructions           | <text>a<!-- x -->b<?p x?>c</text><!-- y -->  | {'text':'abc'}",
                "CDATA                               | <text>a<![CDATA[<&]]]]><![CDATA[>]]></text>  | {'text':'a<&]]>'}",
                "the five entities                   | <text>&amp;&lt;&gt;&apos;&quot;</text>       | {'text':'&<>\\'~\"'}",
                "character references                | <text>&#9;&#xA;&#13;&#x1F600;</text>         | {'text':'~t~n~r😀'}",
                "references of the serializer        | <from z:Id='i1'><id>a</id></from>            | {'from':{'id':'a'}}",
                "attributes of XML itself            | <text xml:space='preserve' xml:lang='en'> a </text> | {'text':' a '}",
                "any prefix                          | <q:text xmlns:q='urn:any'>a</q:text>         | {'text':'a'}"
            })
    void theContentOfAnActivity_becomesItsJson(String what, String content, String expected)
            throws JsonProcessingException {
        Buffer json = read("<Activity" + XSI + ">" + content + "</Activity>");

        assertThat(EXACT.readTree(json.toString()))
                .as(what)
                .isEqualTo(EXACT.readTree(expected.replace("\\'", "\u0001")
                        .replace('\'', '"')
                        .replace('\u0001', '\'')
                        .replace('~', '\\')));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "<historyDisclosed>maybe</historyDisclosed>      | historyDisclosed is not a valid boolean (expected: true or false)",
                "<historyDisclosed>True</historyDisclosed>       | historyDisclosed is not a valid boolean (expected: true or false)",
                "<type/><conversation><isGroup>2</isGroup></conversation> | conversation.isGroup is not a valid boolean (expected: true or false)",
                "<HistoryDisclosed/>                             | historyDisclosed is not a valid boolean (expected: true or false)",
                "<historyDisclosed><a/></historyDisclosed>       | historyDisclosed contains elements (expected: text)",
                "<textHighlights><occurrence>1.0</occurrence></textHighlights> | textHighlights.occurrence is not a valid 32-bit integer (expected: a whole number from -2147483648 to 2147483647)",
                "<textHighlights><occurrence>2147483648</occurrence></textHighlights> | textHighlights.occurrence is not a valid 32-bit integer",
                "<value i:type='x:int'>one</value>               | value is not a valid integer (expected: a whole number)",
                "<value i:type='x:int'/>                         | value is not a valid integer (expected: a whole number)",
                "<value i:type='x:double'>NaN</value>            | value is not a valid number (expected: a number)",
                "<value i:type='x:double'>INF</value>            | value is not a valid number (expected: a number)",
                "<value i:type='z:char'>65536</value>            | value is not a valid character (expected: the number of a character)",
                "<value i:type='q:int'>1</value>                 | type has an undeclared prefix",
                "<value><secret i:type='x:int'>one</secret></value> | value.* is not a valid integer (expected: a whole number)",
                "<text>a</text><text>b</text>                    | text occurs twice (expected: once)",
                "<text>a</text><Text>b</Text>                    | text occurs twice (expected: once)",
                "<Text/><Attachments><Attachment/></Attachments><Attachments><Attachment/></Attachments> | attachments occurs twice (expected: one array)",
                "<Text/><Attachments><Attachment/><Other/></Attachments> | attachments contains an element that is not an item",
                "<from>text</from>                               | from contains text (expected: elements)",
                "<from>text<id>a</id></from>                     | from contains text (expected: elements)",
                "<from><id>a</id>text</from>                     | from has both text and elements (expected: one of them)",
                "<value>text<a/></value>                         | value has both text and elements (expected: one of them)",
                "<text i:nil='true'>a</text>                     | text contains text (expected: nothing, because of nil)",
                "<text i:nil='true'><a/></text>                  | text contains elements (expected: nothing, because of nil)",
                "<text i:nil='yes'/>                             | nil is not a valid boolean (expected: true or false)",
                "<value kind='secret'>a</value>                  | an unsupported attribute (expected: nil and type only)",
                "<from z:Ref='i1'/>                              | a reference to another element (expected: the value itself)",
                "<expiration><DateTime>2024-01-01T00:00:00Z</DateTime></expiration> | expiration is not a valid time (expected: DateTime in UTC, and OffsetMinutes)",
                "<expiration><DateTime>2024-02-30T00:00:00Z</DateTime><OffsetMinutes>0</OffsetMinutes></expiration> | expiration is not a valid time",
                "<expiration><DateTime>0001-01-01T00:00:00Z</DateTime><OffsetMinutes>9999</OffsetMinutes></expiration> | expiration is not a valid time",
                "<expiration><DateTime>9999-12-31T23:59:59Z</DateTime><OffsetMinutes>60</OffsetMinutes></expiration> | expiration is not a valid time",
                "<expiration><Day/></expiration>                 | expiration contains elements (expected: text, or DateTime and OffsetMinutes)",
                "<Text/><Value><KeyValueOfx><Key>a</Key></KeyValueOfx><KeyValueOfx><Key>a</Key></KeyValueOfx></Value> | value.* occurs twice (expected: once)",
                "<Text/><Value><KeyValueOfx><Value>a</Value></KeyValueOfx></Value> | value.* is a malformed dictionary entry (expected: one Key and one Value)",
                "<Text/><Value><KeyValueOfx><Key>a</Key><Other/></KeyValueOfx></Value> | value.* is a malformed dictionary entry (expected: one Key and one Value)"
            })
    void anInvalidValue_isRefusedByItsPath(String content, String reason) {
        String refusal = refusalOf(() -> read("<Activity" + XSI + ">" + content + "</Activity>"));

        assertThat(refusal).startsWith("line 1, column ").contains(": " + reason);
        assertThat(refusal).doesNotContain("maybe", "secret", "'");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "``                                    | 1 |  0 | the document ends too early",
                "<Activity>                            | 1 |  0 | the document ends too early",
                "<Activity                             | 1 |  0 | the document ends too early",
                "<Activity></Transcript>               | 1 | 0  | not well-formed XML",
                "<Activity/><Activity/>                | 1 | 0  | not well-formed XML",
                "<Activity/>text                       | 1 | 12 | an unexpected character",
                "<Activity><a b='1' b='2'/></Activity> | 1 | 0  | not well-formed XML",
                "<Activity><a b=1/></Activity>         | 1 | 16 | an unexpected character",
                "<Activity>&#0;</Activity>             | 1 | 0  | ",
                "<Activity>&#xD800;</Activity>         | 1 | 0  | ",
                "<Activity>&</Activity>                | 1 | 0  | ",
                "<q:Activity/>                         | 1 | 0  | not well-formed XML",
                "{}                                    | 1 |  1 | an unexpected character",
                "<Transcript/>                         | 1 |  1 | wrong root element (expected: Activity)",
                "<ArrayOfActivity/>                    | 1 |  1 | wrong root element (expected: Activity)",
                "<?xml version='1.0' encoding='no-such'?><Activity/> | 1 | 0 | "
            })
    void malformedXml_isRefusedWithItsPosition(String xml, int line, int column, String reason) {
        String refusal = refusalOf(() -> read(xml == null ? "" : xml));

        assertThat(refusal).startsWith("line " + line + ", column " + (column == 0 ? "" : column + ":"));
        assertThat(refusal).contains(reason == null ? "" : reason).doesNotContain("secret", "Transcript", "no-such");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "<Activity><text>&nbsp;</text></Activity>         | 17 | &nbsp;",
                "<Activity><text>a&amp;b&eacute;c</text></Activity> | 24 | &eacute;",
                "<Activity>&copy;</Activity>                      | 11 | &copy;",
                "<Activity><text xml:lang='&euro;'/></Activity>   | 27 | &euro;",
                "<Activity><text>&über;</text></Activity>    | 17 | &?ber;"
            })
    void anUndefinedEntity_isNamed(String xml, int column, String entity) {
        String refusal = refusalOf(() -> read(xml));

        assertThat(refusal)
                .startsWith("line 1, column " + column + ":")
                .endsWith(": unknown entity " + entity
                        + " (expected: &amp; &lt; &gt; &apos; or &quot;, or a number such as &#160;)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<!DOCTYPE Activity><Activity/>",
                "<!DOCTYPE Activity SYSTEM 'file:///etc/passwd'><Activity/>",
                "<!DOCTYPE Activity [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><Activity><text>&x;</text></Activity>",
                "<!DOCTYPE Activity [<!ENTITY % x SYSTEM 'http://127.0.0.1:1/x'>%x;]><Activity/>",
                "<!DOCTYPE l [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;'><!ENTITY c '&b;&b;&b;&b;'>]>"
                        + "<Activity><text>&c;</text></Activity>"
            })
    void aDocumentTypeDefinition_isRefused(String xml) {
        String refusal = refusalOf(() -> read(xml));

        assertThat(refusal).isEqualTo("line 1, column 1: a document type definition (expected: none)");
    }

    @Test
    void errorsHaveLineAndColumn() {
        String refusal = refusalOf(() ->
                read("<Activity>\n  <text>a</text>\r\n    <historyDisclosed>maybe</historyDisclosed></Activity>"));

        assertThat(refusal)
                .isEqualTo("line 3, column 5: historyDisclosed is not a valid boolean (expected: true or false)");
    }

    @ParameterizedTest
    @CsvSource({
        "UTF-8,,",
        "UTF-8,UTF-8,",
        "UTF-16,,",
        "UTF-16LE,UTF-16LE,",
        "UTF-16BE,UTF-16BE,",
        "ISO-8859-1,ISO-8859-1,",
        "windows-1252,windows-1252,",
        "ISO-8859-1,,ISO-8859-1",
        "UTF-16BE,,UTF-16BE",
        "UTF-8,ISO-8859-1,UTF-8"
    })
    void everyDeclaredEncoding_isRead(String written, String declared, String mediaType) {
        String declaration = declared == null ? "" : "<?xml version='1.0' encoding='" + declared + "'?>";
        Buffer xml = Buffer.buffer(
                (declaration + "<Activity><text>Grüße</text></Activity>").getBytes(Charset.forName(written)));

        Buffer json = reader.toJson(xml, mediaType == null ? null : Charset.forName(mediaType), "Activity");

        assertThat(json.toString()).isEqualTo("{\"text\":\"Grüße\"}");
    }

    @Test
    void aByteOrderMark_overridesTheMediaType() {
        Buffer xml = Buffer.buffer("\uFEFF<Activity><text>Grüße</text></Activity>");

        Buffer json = reader.toJson(xml, StandardCharsets.ISO_8859_1, "Activity");

        assertThat(json.toString()).isEqualTo("{\"text\":\"Grüße\"}");
    }

    /** .NET's XmlSerializer over a StringWriter declares utf-16, whatever encoding the text is sent in. */
    @ParameterizedTest
    @CsvSource({
        "utf-16, ''",
        "UTF-16, \uFEFF",
        "utf-16le, ''",
        "utf-16BE, ''",
        "utf-32, ''",
        "utf-32LE, \uFEFF",
        "ISO-10646-UCS-2, ''"
    })
    void asciiThatDeclaresUtf16_isReadAsUtf8(String declared, String mark) {
        Buffer xml = Buffer.buffer(mark + "<?xml version=\"1.0\" encoding=\"" + declared
                + "\"?>\r\n<Activity><Text>Grüße 😀</Text></Activity>");

        Buffer json = reader.toJson(xml, null, "Activity");

        assertThat(json.toString()).isEqualTo("{\"text\":\"Grüße 😀\"}");
    }

    @Test
    void asciiThatDeclaresUtf16_isRefused_whereItIsNotUtf8() {
        Buffer xml = Buffer.buffer("<?xml version='1.0' encoding='utf-16'?><Activity><Text>")
                .appendByte((byte) 0xE4)
                .appendString("</Text></Activity>");

        assertThat(refusalOf(() -> reader.toJson(xml, null, "Activity")))
                .endsWith("bytes that are not in the document's encoding");
    }

    @ParameterizedTest
    @CsvSource({"UTF-16LE, utf-8", "UTF-16BE, utf-8", "UTF-16LE, utf-16BE", "UTF-8, iso-8859-1"})
    void aByteOrderMark_overridesTheDeclaration(String written, String declared) {
        Buffer xml = Buffer.buffer(
                ("\uFEFF<?xml version='1.0' encoding='" + declared + "'?><Activity><text>Grüße</text></Activity>")
                        .getBytes(Charset.forName(written)));

        Buffer json = reader.toJson(xml, null, "Activity");

        assertThat(json.toString()).isEqualTo("{\"text\":\"Grüße\"}");
    }

    @Test
    void bytesThatAreNotInTheEncoding_areRefused() {
        Buffer xml = Buffer.buffer("<Activity><text>").appendByte((byte) 0xFF).appendString("</text></Activity>");

        assertThat(refusalOf(() -> reader.toJson(xml, null, "Activity")))
                .endsWith("bytes that are not in the document's encoding");
    }

    @Test
    void aList_hasARootNamedByItsModel() {
        Buffer json = reader.toJson(
                Buffer.buffer(
                        "<ArrayOfChannelAccount><ChannelAccount><Id>a</Id></ChannelAccount></ArrayOfChannelAccount>"),
                null,
                "ChannelAccount[]");

        assertThat(json.toString()).isEqualTo("[{\"id\":\"a\"}]");
    }

    @Test
    void theOrderOfTheDocumentIsKept() {
        Buffer json = read("<Activity><b>1</b><text>2</text><a>3</a><b>4</b></Activity>");

        assertThat(json.toString()).isEqualTo("{\"b\":[\"1\",\"4\"],\"text\":\"2\",\"a\":\"3\"}");
    }

    @Test
    void anEmptyDocument_isAnEmptyObject() {
        assertThat(read("<Activity/>").toString()).isEqualTo("{}");
    }

    /** Clients leave out empty arrays; a model that is nothing but one array gets it back. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "<Transcript/>                                        | {'activities':[]}",
                "<Transcript> </Transcript>                           | {'activities':[]}",
                "<Transcript xmlns='http://schemas.datacontract.org/2004/07/Microsoft.Bot.Connector'/> | {'activities':[]}",
                "<Transcript><foo>1</foo></Transcript>                | {'foo':'1','activities':[]}",
                "<Transcript><Foo>1</Foo><Activities/></Transcript>   | {'Foo':'1','activities':[]}",
                "<Transcript><activities/></Transcript>               | {'activities':null}",
                "<Transcript><activities><text>a</text></activities></Transcript> | {'activities':[{'text':'a'}]}"
            })
    void anEmptyTranscript_hasAnEmptyListOfActivities(String xml, String expected) {
        Buffer json = reader.toJson(Buffer.buffer(xml), null, "Transcript");

        assertThat(json.toString()).isEqualTo(expected.replace('\'', '"'));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Activity", "ConversationParameters", "AttachmentData"})
    void otherModels_getNoEmptyList(String model) {
        Buffer json = reader.toJson(Buffer.buffer("<" + model + "/>"), null, model);

        assertThat(json.toString()).isEqualTo("{}");
    }

    @Test
    void manyNamesAndRepetitions_areAllKept() {
        StringBuilder xml = new StringBuilder("<Activity><value>");
        for (int i = 0; i < 3; i++) {
            for (int n = 0; n < 500; n++) {
                xml.append("<n")
                        .append(n)
                        .append('>')
                        .append(i)
                        .append("</n")
                        .append(n)
                        .append('>');
            }
        }

        String json = read(xml + "</value></Activity>").toString();

        assertThat(json)
                .startsWith("{\"value\":{\"n0\":[\"0\",\"1\",\"2\"],\"n1\":")
                .endsWith("\"n499\":[\"0\",\"1\",\"2\"]}}");
    }

    private Buffer read(String xml) {
        return reader.toJson(Buffer.buffer(xml), null, "Activity");
    }
}
