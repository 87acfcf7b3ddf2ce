package dev.botgate.endtoend.fleet;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * A bot that sends to one conversation, whatever it is answered.
 *
 * @param perSecond how often, on average
 */
record LoadBot(String bot, String conversation, double perSecond) {
    private static final String SHOWN = "Bearer x.";

    /** A token that names the bot; its tenant is the bot's own. */
    String authorization() {
        String claims = "{\"appid\":\"" + bot + "\",\"tid\":\"tenant-of-" + bot + "\"}";
        return SHOWN + Base64.getUrlEncoder().withoutPadding().encodeToString(claims.getBytes(StandardCharsets.UTF_8))
                + ".y";
    }

    String path() {
        return "/v3/conversations/" + conversation + "/activities";
    }
}
