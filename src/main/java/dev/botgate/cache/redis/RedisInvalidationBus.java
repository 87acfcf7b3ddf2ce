package dev.botgate.cache.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.botgate.cache.Invalidation;
import dev.botgate.cache.InvalidationBus;
import dev.botgate.fleet.FleetConnection;
import dev.botgate.fleet.FleetMember;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter.MeterProvider;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Invalidations published in Redis, for all gateways that share it. An invalidation that could not be published is published
 * once Redis is connected again.
 */
public final class RedisInvalidationBus implements InvalidationBus, FleetMember {
    private static final Logger LOG = LoggerFactory.getLogger(RedisInvalidationBus.class);

    /** More unpublished invalidations than this are replaced by one of all lists. */
    private static final int MAX_UNPUBLISHED = 10_000;

    private final FleetConnection connection;
    private final String gateway;
    private final String channel;
    private final MeterProvider<Counter> messages;
    private final Set<Invalidation> unpublished = new LinkedHashSet<>();
    private Consumer<Invalidation> listener = invalidation -> {};
    private volatile boolean receives;

    /**
     * A bus on {@code connection}, which is started later.
     *
     * @param gateway this gateway's id, unique among the gateways
     */
    public RedisInvalidationBus(FleetConnection connection, String gateway, MeterRegistry registry) {
        this.connection = connection;
        this.gateway = gateway;
        this.channel = connection.settings().prefix() + ":cache:invalidations";
        this.messages = Counter.builder("botgate.cache.invalidations")
                .description("Invalidations of member lists, sent to other gateways and received from them")
                .withRegistry(registry);
        connection.add(this);
    }

    @Override
    public void onInvalidation(Consumer<Invalidation> newListener) {
        listener = newListener;
    }

    @Override
    public void send(Invalidation invalidation) {
        connection.execute(() -> publish(invalidation));
    }

    @Override
    public boolean receives() {
        return receives;
    }

    @Override
    public List<String> channels() {
        return List.of(channel);
    }

    /** Drops all lists: any of them may have been invalidated while nothing was received. */
    @Override
    public void connected() {
        listener.accept(Invalidation.ALL);
        receives = true;
        publishRest();
    }

    @Override
    public Future<Void> heartbeat() {
        publishRest();
        return Future.succeededFuture();
    }

    @Override
    public void disconnected() {
        receives = false;
        LOG.warn("Until Redis is connected again, invalidations stay in this gateway, and no stale list is served");
    }

    @Override
    public void received(String from, String text) {
        Message message = Message.parse(text).orElseGet(() -> {
            LOG.warn("Another gateway's invalidation cannot be parsed; all member lists are dropped");
            return new Message("", Invalidation.ALL);
        });
        if (!message.gateway().equals(gateway)) {
            messages.withTag("direction", "received").increment();
            listener.accept(message.invalidation());
        }
    }

    private void publishRest() {
        List<Invalidation> pending = List.copyOf(unpublished);
        unpublished.clear();
        pending.forEach(this::publish);
    }

    /** Publishes it now, or with a later heartbeat. A slow Redis delivers late, but in order. */
    private void publish(Invalidation invalidation) {
        if (!connection.connected()) {
            keepForLater(invalidation);
            return;
        }
        connection
                .publish(channel, new Message(gateway, invalidation).text())
                .onSuccess(published -> messages.withTag("direction", "sent").increment())
                .onFailure(cause -> {
                    LOG.atWarn().setCause(cause).log("An invalidation of member lists will be published later");
                    keepForLater(invalidation);
                });
    }

    private void keepForLater(Invalidation invalidation) {
        if (unpublished.size() >= MAX_UNPUBLISHED) {
            unpublished.clear();
            unpublished.add(Invalidation.ALL);
        } else if (!unpublished.contains(Invalidation.ALL)) {
            unpublished.add(invalidation);
        }
    }

    /**
     * What is published: {@code 1&gateway&upstream&conversation}, each percent-encoded, empty for all.
     *
     * @param gateway the id of the gateway that published it
     */
    private record Message(String gateway, Invalidation invalidation) {
        private static final String VERSION = "1";

        String text() {
            return String.join(
                    "&",
                    VERSION,
                    encode(gateway),
                    encode(invalidation.upstream()),
                    encode(invalidation.conversation()));
        }

        /** Empty for another kind of message. */
        static Optional<Message> parse(String text) {
            String[] parts = text.split("&", -1);
            if (parts.length != 4 || !parts[0].equals(VERSION)) {
                return Optional.empty();
            }
            try {
                String gateway = URLDecoder.decode(parts[1], UTF_8);
                return Optional.of(new Message(gateway, new Invalidation(decode(parts[2]), decode(parts[3]))));
            } catch (IllegalArgumentException malformed) {
                return Optional.empty();
            }
        }

        private static String encode(@Nullable String text) {
            return text == null ? "" : URLEncoder.encode(text, UTF_8);
        }

        private static @Nullable String decode(String text) {
            return text.isEmpty() ? null : URLDecoder.decode(text, UTF_8);
        }
    }
}
