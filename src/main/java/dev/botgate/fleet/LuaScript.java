package dev.botgate.fleet;

import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * A Lua script that Redis runs.
 *
 * @param sha its SHA-1 in hexadecimal digits, by which Redis names it once it is loaded
 */
public record LuaScript(String source, String sha) {
    public static LuaScript of(String source) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1").digest(source.getBytes(StandardCharsets.UTF_8));
            return new LuaScript(source, HexFormat.of().formatHex(digest));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every Java platform has SHA-1", impossible);
        }
    }

    /** The text of the resource {@code name} beside {@code type}. */
    public static String read(Class<?> type, String name) {
        try (InputStream in = type.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is missing beside " + type);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Loads it into the server of {@code connection}. */
    public Future<Void> load(RedisConnection connection) {
        return connection
                .send(Request.cmd(Command.SCRIPT).arg("LOAD").arg(source))
                .mapEmpty();
    }

    /** The command that runs it where it is loaded; fails with {@code NOSCRIPT} elsewhere. */
    Request bySha(List<String> keys, List<String> arguments) {
        return request(Command.EVALSHA, sha, keys, arguments);
    }

    /** The command that loads it and runs it. */
    Request bySource(List<String> keys, List<String> arguments) {
        return request(Command.EVAL, source, keys, arguments);
    }

    private static Request request(Command command, String script, List<String> keys, List<String> arguments) {
        Request request = Request.cmd(command).arg(script).arg(keys.size());
        keys.forEach(request::arg);
        arguments.forEach(request::arg);
        return request;
    }
}
