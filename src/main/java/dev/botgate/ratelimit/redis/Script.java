package dev.botgate.ratelimit.redis;

import dev.botgate.fleet.FleetConnection;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;

/**
 * A Lua script of this package.
 *
 * @param sha what Redis knows it by
 */
record Script(String source, String sha) {
    private static final String CLOCK = read("clock.lua");
    static final Script DECIDE = of(CLOCK + read("decide.lua"));
    static final Script GIVE_BACK = of(read("giveback.lua"));
    static final Script THROTTLE = of(CLOCK + read("throttle.lua"));
    static final Script RESET = of(CLOCK + read("reset.lua"));
    static final Script HEARTBEAT = of(CLOCK + read("heartbeat.lua"));

    /** Makes a connection know all scripts. */
    static Future<Void> load(RedisConnection connection) {
        List<Future<Response>> loads = List.of(DECIDE, GIVE_BACK, THROTTLE, RESET, HEARTBEAT).stream()
                .map(script ->
                        connection.send(Request.cmd(Command.SCRIPT).arg("LOAD").arg(script.source())))
                .toList();
        return Future.all(loads).mapEmpty();
    }

    /** Runs it; fails when there is no connection, when it breaks, and when Redis takes too long. */
    Future<Response> run(FleetConnection link, List<String> keys, List<String> arguments) {
        return run(link, keys, arguments, late -> {});
    }

    /** The same; {@code late} is told of an answer that comes after that. */
    Future<Response> run(FleetConnection link, List<String> keys, List<String> arguments, Consumer<Response> late) {
        return link.send(request(Command.EVALSHA, sha, keys, arguments), late)
                .recover(cause -> String.valueOf(cause.getMessage()).startsWith("NOSCRIPT")
                        ? link.send(request(Command.EVAL, source, keys, arguments), late)
                        : Future.failedFuture(cause));
    }

    private static Request request(Command command, String script, List<String> keys, List<String> arguments) {
        Request request = Request.cmd(command).arg(script).arg(keys.size());
        keys.forEach(request::arg);
        arguments.forEach(request::arg);
        return request;
    }

    private static String read(String name) {
        try (InputStream in = Script.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is missing beside " + Script.class);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Script of(String source) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1").digest(source.getBytes(StandardCharsets.UTF_8));
            return new Script(source, HexFormat.of().formatHex(digest));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every Java platform has SHA-1", impossible);
        }
    }
}
