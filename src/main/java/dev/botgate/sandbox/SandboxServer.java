package dev.botgate.sandbox;

import dev.botgate.operation.Route;
import dev.botgate.operation.RouteTable;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The sandbox's HTTP server, on one event loop, which alone touches the conversations. */
final class SandboxServer extends VerticleBase {
    private static final Logger log = LoggerFactory.getLogger(SandboxServer.class);

    private final SandboxSettings settings;
    private final Sandbox.Limits limits;
    private final InstantSource clock;
    private final RequestLog requests;
    private final FaultPlan faults;
    private final SimulatedConnector connector;
    private final ControlRoutes control;
    private int port;

    SandboxServer(
            SandboxSettings settings,
            Sandbox.Limits limits,
            InstantSource clock,
            RequestLog requests,
            FaultPlan faults) {
        this.settings = settings;
        this.limits = limits;
        this.clock = clock;
        this.requests = requests;
        this.faults = faults;
        this.connector = new SimulatedConnector(limits, clock);
        this.control = new ControlRoutes(requests, faults, connector.conversations());
    }

    @Override
    public Future<HttpServer> start() {
        HttpServerOptions options = new HttpServerOptions()
                .setHost(settings.host())
                .setPort(settings.port())
                .setHandle100ContinueAutomatically(true)
                .setHttp2ClearTextEnabled(false)
                .setMaxHeaderSize(64 * 1024)
                .setMaxInitialLineLength(16 * 1024);
        return vertx.createHttpServer(options)
                .connectionHandler(connection -> connection.exceptionHandler(
                        cause -> log.atDebug().setCause(cause).log("A connection to the sandbox broke")))
                .requestHandler(this::serve)
                .listen()
                .onSuccess(server -> port = server.actualPort());
    }

    /** The port that is bound, once started. */
    int port() {
        return port;
    }

    /** Creates a conversation with so many invented members. */
    Future<Void> conversation(String id, int members) {
        Promise<Void> done = Promise.promise();
        context.runOnContext(ignored -> {
            SandboxConversations.Conversation made =
                    connector.conversations().create(id, SandboxMember.roster(id, members));
            connector.conversations().trim();
            log.atDebug()
                    .addKeyValue("members", made.members().size())
                    .log("A conversation was created in the sandbox");
            done.complete();
        });
        return done.future();
    }

    private void serve(HttpServerRequest request) {
        String path = rawPath(request);
        Route route = RouteTable.match(method(request), path);
        if (ControlRoutes.owns(path)) {
            read(request, route, control::answer, (body, complete) -> {}, Optional.empty());
            return;
        }
        ReceivedRequest received = requests.arrived(sequence -> received(sequence, request, route));
        Optional<SimulatedFault> fault = faults.take(route.operation());
        if (fault.isPresent() && !fault.get().readsBody()) {
            fault.get().apply(pending(request, route, Buffer.buffer(), connector::answer));
        } else {
            BiConsumer<Buffer, Boolean> log = (body, complete) -> requests.read(received, body, complete);
            read(request, route, connector::answer, log, fault);
        }
    }

    /** Reads the body, tells {@code bodyListener} whether it is complete, and answers. */
    private void read(
            HttpServerRequest request,
            Route route,
            Function<SandboxRequest, SandboxReply> handler,
            BiConsumer<Buffer, Boolean> bodyListener,
            Optional<SimulatedFault> fault) {
        Buffer body = Buffer.buffer();
        AtomicBoolean ended = new AtomicBoolean();
        request.exceptionHandler(cut -> {
            if (!ended.getAndSet(true)) {
                bodyListener.accept(body, false);
                log.atDebug().log("The sandbox's client disconnected in the middle of a request");
            }
        });
        request.endHandler(end -> {
            if (!ended.getAndSet(true)) {
                bodyListener.accept(body, true);
                PendingReply pending = pending(request, route, body, handler);
                fault.ifPresentOrElse(planned -> planned.apply(pending), () -> pending.send(pending.usual()));
            }
        });
        request.handler(chunk -> {
            if (body.length() + chunk.length() <= limits.bodyBytes()) {
                body.appendBuffer(chunk);
            } else if (!ended.getAndSet(true)) {
                bodyListener.accept(body, false);
                pending(request, route, body, handler).sendAndClose(tooLarge().with("Connection", "close"));
            }
        });
    }

    private PendingReply pending(
            HttpServerRequest request, Route route, Buffer body, Function<SandboxRequest, SandboxReply> handler) {
        String contentType = request.headers().get("Content-Type");
        SandboxRequest sandboxRequest = new SandboxRequest(
                method(request), origin(request), request.uri(), route, contentType == null ? "" : contentType, body);
        return new PendingReply(context, request, () -> answer(sandboxRequest, handler));
    }

    private static SandboxReply answer(SandboxRequest sandboxRequest, Function<SandboxRequest, SandboxReply> handler) {
        try {
            return handler.apply(sandboxRequest);
        } catch (ConnectorError refusal) {
            return refusal.reply();
        } catch (RuntimeException bug) {
            log.atError().setCause(bug).log("The sandbox failed to answer a request");
            return new ConnectorError(500, "ServiceError", "The sandbox failed.").reply();
        }
    }

    private SandboxReply tooLarge() {
        return new ConnectorError(413, "RequestEntityTooLarge", "The body is above " + limits.bodyBytes() + " bytes.")
                .reply();
    }

    private ReceivedRequest received(long sequence, HttpServerRequest request, Route route) {
        return new ReceivedRequest(
                sequence,
                request.method().name(),
                request.uri(),
                route.operation(),
                request.headers().entries(),
                Buffer.buffer(),
                false,
                System.nanoTime(),
                clock.instant());
    }

    /** The request's method; GET for HEAD, whose replies differ in the missing body only. */
    private static String method(HttpServerRequest request) {
        return request.method().equals(HttpMethod.HEAD)
                ? "GET"
                : request.method().name();
    }

    private static String rawPath(HttpServerRequest request) {
        String uri = request.uri();
        int question = uri.indexOf('?');
        return question < 0 ? uri : uri.substring(0, question);
    }

    /** Scheme and host as the client called them; the sandbox's own where it named none. */
    private String origin(HttpServerRequest request) {
        HostAndPort authority = request.authority();
        return "http://" + (authority == null ? settings.host() + ":" + port : authority.toString());
    }
}
