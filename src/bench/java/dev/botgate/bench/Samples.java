package dev.botgate.bench;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What the requests and replies of the benchmark carry: made up, of usual sizes. */
public final class Samples {
    private Samples() {}

    /** A message with a card, 1.5 kB of JSON. */
    public static String activityJson() {
        return """
            {"type":"message","from":{"id":"28:11111111-2222-3333-4444-555555555555","name":"Benchmark"},\
            "conversation":{"id":"19:benchmark@thread.tacv2","conversationType":"channel","isGroup":true},\
            "recipient":{"id":"29:1abcdefghijklmnopqrstuvwxyz","name":"A Member"},"locale":"en-GB",\
            "timestamp":"2026-01-31T12:00:00.1234567+01:00","text":"%s","textFormat":"markdown",\
            "attachments":[{"contentType":"application/vnd.microsoft.card.adaptive","content":{"type":"AdaptiveCard",\
            "version":"1.5","body":[%s],"actions":[{"type":"Action.OpenUrl","title":"Open","url":"https://example.org/1"}]}}],\
            "channelData":{"notification":{"alert":true},"tenant":{"id":"99999999-8888-7777-6666-555555555555"}}}\
            """
                .formatted(
                        "Deployment of service number seven has finished. ".repeat(6),
                        IntStream.range(0, 6)
                                .mapToObj(i -> "{\"type\":\"TextBlock\",\"text\":\"Line " + i
                                        + " of the card\",\"wrap\":true,\"size\":\"medium\"}")
                                .collect(Collectors.joining(",")));
    }

    /** A message, 1.5 kB of XML as OpenAPI clients write it. */
    public static String activityXml() {
        return """
            <?xml version="1.0" encoding="utf-8"?><Activity><type>message</type>\
            <from><id>28:11111111-2222-3333-4444-555555555555</id><name>Benchmark</name></from>\
            <conversation><id>19:benchmark@thread.tacv2</id><conversationType>channel</conversationType>\
            <isGroup>true</isGroup></conversation>\
            <recipient><id>29:1abcdefghijklmnopqrstuvwxyz</id><name>A Member</name></recipient>\
            <locale>en-GB</locale><timestamp>2026-01-31T12:00:00.1234567+01:00</timestamp>\
            <text>%s</text><textFormat>markdown</textFormat>%s</Activity>\
            """
                .formatted(
                        "Deployment of service number seven has finished. ".repeat(6),
                        IntStream.range(0, 6)
                                .mapToObj(i -> "<attachments><contentType>image/png</contentType><contentUrl>"
                                        + "https://example.org/images/" + i + ".png</contentUrl><name>Image " + i
                                        + "</name></attachments>")
                                .collect(Collectors.joining()));
    }

    /** A list of members, 12 kB. */
    static String members() {
        return IntStream.range(0, 60)
                .mapToObj(i ->
                        """
                    {"id":"29:1%029d","name":"Member Number %d","objectId":"%08d-0000-0000-0000-000000000000",\
                    "email":"member%d@example.org","userPrincipalName":"member%d@example.org","tenantId":"9"}\
                    """
                                .formatted(i, i, i, i, i))
                .collect(Collectors.joining(",", "[", "]"));
    }

    /** The value of an {@code Authorization} header, as long as those that bots send. */
    static String bearer() {
        return "Bearer " + part("{\"typ\":\"JWT\",\"alg\":\"RS256\",\"kid\":\"benchmark\"}") + "."
                + part("{\"aud\":\"https://api.botframework.com\",\"iss\":\"https://sts.windows.net/d6d49420/\","
                        + "\"iat\":1700000000,\"nbf\":1700000000,\"exp\":4102444800,\"aio\":\"" + "x".repeat(60) + "\","
                        + "\"appid\":\"11111111-2222-3333-4444-555555555555\",\"appidacr\":\"1\",\"idp\":\"https://sts.windows.net/d6d49420/\","
                        + "\"tid\":\"d6d49420-f39b-4df7-a1dc-d59a935871db\",\"uti\":\"" + "y".repeat(22)
                        + "\",\"ver\":\"1.0\"}")
                + "." + part("s".repeat(256));
    }

    private static String part(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
