package dev.botgate.normalize.xml;

import static dev.botgate.normalize.TestBodies.SETTINGS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.botgate.normalize.xml.XmlWriter.NotRepresentableInXmlException;
import dev.botgate.schema.Schema;
import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class XmlWriterTest {
    private static final String DECLARATION = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";
    private static final String TYPES =
            " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xmlns:xs=\"http://www.w3.org/2001/XMLSchema\"";
    private static final String DATA_CONTRACT =
            " xmlns=\"http://schemas.datacontract.org/2004/07/Microsoft.Bot.Connector\""
                    + " xmlns:a=\"http://schemas.microsoft.com/2003/10/Serialization/Arrays\""
                    + " xmlns:i=\"http://www.w3.org/2001/XMLSchema-instance\" xmlns:x=\"http://www.w3.org/2001/XMLSchema\"";

    private final XmlWriter writer =
            new XmlWriter(Schema.connector(), SETTINGS.maximumDepth(), 4 * SETTINGS.maximumBodyBytes());

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "ResourceResponse     | {'id':'1'}                       | <ResourceResponse><id>1</id></ResourceResponse>",
                "ResourceResponse     | {'id':null}                      | <ResourceResponse><id/></ResourceResponse>",
                "ResourceResponse     | {'id':''}                        | <ResourceResponse@><id xsi:nil='false'/></ResourceResponse>",
                "ResourceResponse     | {}                               | <ResourceResponse/>",
                "ResourceResponse     | {'x':'y','id':'a<b&]]>'}         | <ResourceResponse><id>a&lt;b&amp;]]&gt;</id><x>y</x></ResourceResponse>",
                "ChannelAccount[]     | []                               | <ArrayOfChannelAccount/>",
                "ChannelAccount[]     | [{'name':'b','id':'a'},{'objectId':'c'}] | <ArrayOfChannelAccount><ChannelAccount><id>a</id><name>b</name></ChannelAccount><ChannelAccount><objectId>c</objectId></ChannelAccount></ArrayOfChannelAccount>",
                "PagedMembersResult   | {'members':[{'id':'a'},{'id':'b'}],'continuationToken':'t'} | <PagedMembersResult><continuationToken>t</continuationToken><members><id>a</id></members><members><id>b</id></members></PagedMembersResult>",
                "PagedMembersResult   | {'members':[]}                   | <PagedMembersResult/>",
                "PagedMembersResult   | {'members':null}                 | <PagedMembersResult><members/></PagedMembersResult>",
                "PagedMembersResult   | {'members':[{},null]}            | <PagedMembersResult@><members xsi:nil='false'/><members/></PagedMembersResult>",
                "ErrorResponse        | {'error':{'code':'c','message':'m'}} | <ErrorResponse><error><code>c</code><message>m</message></error></ErrorResponse>",
                "ErrorResponse        | {'Message':'m','x':null}         | <ErrorResponse@><Message>m</Message><x xsi:nil='true'/></ErrorResponse>",
                "ErrorResponse        | {'error':{'innerHttpError':{'statusCode':404,'body':{'a':1,'b':[true,'c'],'d':{}}}}} | <ErrorResponse@><error><innerHttpError><statusCode>404</statusCode><body><a xsi:type='xs:int'>1</a><b xsi:type='ArrayOfanyType'><anyType xsi:type='xs:boolean'>true</anyType><anyType>c</anyType></b><d xsi:type='ArrayOfKeyValueOfstringanyType'/></body></innerHttpError></error></ErrorResponse>",
                "ErrorResponse        | {'error':{'innerHttpError':{'body':{'a b':'c'}}}} | <ErrorResponse@><error><innerHttpError><body xsi:type='ArrayOfKeyValueOfstringanyType'><KeyValueOfstringanyType><Key>a b</Key><Value>c</Value></KeyValueOfstringanyType></body></innerHttpError></error></ErrorResponse>",
                "ResourceResponse     | {'n':9223372036854775808,'l':-2147483649,'d':1.50} | <ResourceResponse@><n xsi:type='xs:decimal'>9223372036854775808</n><l xsi:type='xs:long'>-2147483649</l><d xsi:type='xs:double'>1.50</d></ResourceResponse>"
            })
    void inTheOpenApiStyle(String model, String json, String xml) throws NotRepresentableInXmlException {
        assertThat(write(json, model, XmlStyle.OPENAPI))
                .isEqualTo(DECLARATION + xml.replace("@", TYPES).replace('\'', '"'));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "ConversationResourceResponse | {'id':'1','serviceUrl':null,'activityId':''} | <ConversationResourceResponse@><ActivityId/><Id>1</Id><ServiceUrl i:nil='true'/></ConversationResourceResponse>",
                "ChannelAccount[]     | [{'id':'a','aadObjectId':'b'},null,{}] | <ArrayOfChannelAccount@><ChannelAccount><AadObjectId>b</AadObjectId><Id>a</Id></ChannelAccount><ChannelAccount i:nil='true'/><ChannelAccount/></ArrayOfChannelAccount>",
                "PagedMembersResult   | {'members':[{'id':'a'}]}         | <PagedMembersResult@><Members><ChannelAccount><Id>a</Id></ChannelAccount></Members></PagedMembersResult>",
                "PagedMembersResult   | {'members':[]}                   | <PagedMembersResult@><Members/></PagedMembersResult>",
                "ErrorResponse        | {'error':{'code':'c','@x':1}}    | <ErrorResponse@><Error><Code>c</Code><_x0040_x i:type='x:int'>1</_x0040_x></Error></ErrorResponse>",
                "ErrorResponse        | {'error':{'innerHttpError':{'body':{'a':'','b':['c',null]}}}} | <ErrorResponse@><Error><InnerHttpError><Body><a i:type='x:string'/><b i:type='a:ArrayOfanyType'><a:anyType i:type='x:string'>c</a:anyType><a:anyType i:nil='true'/></b></Body></InnerHttpError></Error></ErrorResponse>",
                "Activity             | {'listenFor':['a'],'localTimestamp':'2024-01-01T01:02:03.1234567+02:00','timestamp':'2024-01-01T01:02:03Z'} | <Activity@><ListenFor><a:string>a</a:string></ListenFor><LocalTimestamp xmlns:s='http://schemas.datacontract.org/2004/07/System'><s:DateTime>2023-12-31T23:02:03.1234567Z</s:DateTime><s:OffsetMinutes>120</s:OffsetMinutes></LocalTimestamp><Timestamp>2024-01-01T01:02:03Z</Timestamp></Activity>",
                "SemanticAction       | {'entities':{'a b':{'type':'c'}}} | <SemanticAction@><Entities><a:KeyValueOfstringEntity><a:Key>a b</a:Key><a:Value><Type>c</Type></a:Value></a:KeyValueOfstringEntity></Entities></SemanticAction>"
            })
    void inTheStyleOfTheDataContractSerializer(String model, String json, String xml)
            throws NotRepresentableInXmlException {
        assertThat(write(json, model, XmlStyle.DATA_CONTRACT))
                .isEqualTo(DECLARATION + xml.replace("@", DATA_CONTRACT).replace('\'', '"'));
    }

    @ParameterizedTest
    @EnumSource(XmlStyle.class)
    void carriageReturnsAndPairsSurvive(XmlStyle style) throws NotRepresentableInXmlException {
        assertThat(write("{'id':'a~r~n~tb~ud83d~ude00'}", "ResourceResponse", style))
                .contains(">a&#xd;\n\tb😀</");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'id':'a~u0000'}                 | a character that XML does not allow",
                "{'id':'~ud800'}                  | a character that XML does not allow",
                "{'id':'~uffff'}                  | a character that XML does not allow",
                "{'a~u0001':1}                    | a character that XML does not allow",
                "{'id':1}                         | a value that does not match its type",
                "{'id':{}}                        | a value that does not match its type",
                "[]                               | a value that does not match its type",
                "null                             | a value that does not match its type",
                "'a'                              | a value that does not match its type",
                "{'Id':'1'}                       | a name that differs from a property's in case only",
                "{'id':'1','ID':'2'}              | a name that differs from a property's in case only",
                "{'id':'1','id':'2'}              | invalid JSON",
                "{'id':'1'                        | invalid JSON",
                "{'id':'1'} {}                    | there is data after the value",
                "``                               | the document is empty"
            })
    void aValueThatXmlCannotExpress_isNotWritten(String json, String reason) {
        for (XmlStyle style : XmlStyle.values()) {
            NotRepresentableInXmlException refused = catchThrowableOfType(
                    NotRepresentableInXmlException.class, () -> write(json, "ResourceResponse", style));

            assertThat(refused.reason()).isEqualTo(reason);
        }
    }

    @Test
    void tooDeepOrTooLongXml_isNotWritten() {
        String deep = "[".repeat(200) + "]".repeat(200);
        XmlWriter narrow = new XmlWriter(Schema.connector(), 128, 4_000);

        assertThat(catchThrowableOfType(
                                NotRepresentableInXmlException.class,
                                () -> write("{'x':" + deep + "}", "ResourceResponse", XmlStyle.OPENAPI))
                        .reason())
                .isEqualTo("nested too deeply");
        assertThat(catchThrowableOfType(
                                NotRepresentableInXmlException.class,
                                () -> narrow.write(
                                        Buffer.buffer("{\"x\":[" + "0,".repeat(400) + "0]}"),
                                        "ResourceResponse",
                                        XmlStyle.OPENAPI))
                        .reason())
                .isEqualTo("the XML is too long");
    }

    @Test
    void ambiguousValues_areNotWrittenInTheOpenApiStyle() {
        assertThat(catchThrowableOfType(
                                NotRepresentableInXmlException.class,
                                () -> write("{'members':[null]}", "PagedMembersResult", XmlStyle.OPENAPI))
                        .reason())
                .isEqualTo("an array whose only element is null");
        assertThat(catchThrowableOfType(
                                NotRepresentableInXmlException.class,
                                () -> write(
                                        "{'members':[{'ChannelAccount':'a'}]}", "PagedMembersResult", XmlStyle.OPENAPI))
                        .reason())
                .isEqualTo("an item whose first property has the item's name");
    }

    private String write(String json, String model, XmlStyle style) throws NotRepresentableInXmlException {
        return writer.write(Buffer.buffer(json.replace('\'', '"').replace('~', '\\')), model, style)
                .toString();
    }
}
