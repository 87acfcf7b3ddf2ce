package dev.botgate.ratelimit.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A Lua script of this package.
 *
 * @param sha what Redis knows it by
 */
record Script(String source, String sha) {
    static final Script DECIDE = named("decide.lua");
    static final Script GIVE_BACK = named("giveback.lua");
    static final Script THROTTLE = named("throttle.lua");
    static final Script HEARTBEAT = named("heartbeat.lua");

    private static Script named(String name) {
        try (InputStream in = Script.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is missing beside " + Script.class);
            }
            byte[] source = in.readAllBytes();
            String sha =
                    HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(source));
            return new Script(new String(source, StandardCharsets.UTF_8), sha);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every Java platform has SHA-1", impossible);
        }
    }
}
