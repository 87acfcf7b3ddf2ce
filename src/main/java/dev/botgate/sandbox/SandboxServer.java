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
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The sandbox's HTTP server, on one event loop, which alone touches the conversations. */
final class SandboxServer extends VerticleBase {
    private static final Logger log = LoggerFactory.getLogger(SandboxServer.class);

    private final SandboxSettings settings;
    private final SandboxLimits bounds;
    private final InstantSource clock;
    private final RequestLog requests;
    private final FaultPlan faults;
    private final SimulatedConnector connector;
    private final ControlRoutes control;
    private int port;

    SandboxServer(
            SandboxSettings settings,
            SandboxLimits bounds,
            InstantSource clock,
            RequestLog requests,
            FaultPlan faults) {
        this.settings = settings;
        this.bounds = bounds;
        this.clock = clock;
        this.requests = requests;
        this.faults = faults;
        this.connector = new SimulatedConnector(bounds, clock);
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

    /** Has {@code id} be a conversation of so many invented members. */
    Future<Void> conversation(String id, int members) {
        Promise<Void> done = Promise.promise();
        context.runOnContext(ignored -> {
            SandboxConversation made = connector.conversations().create(id, SandboxMember.rosterOf(id, members));
            connector.conversations().keepBounds();
            log.atDebug().addKeyValue("members", made.members().size()).log("The sandbox has another conversation");
            done.complete();
        });
        return done.future();
    }

    private void serve(HttpServerRequest request) {
        String path = rawPath(request);
        Route route = RouteTable.match(method(request), path);
        if (ControlRoutes.owns(path)) {
            read(request, route, control::answer, read -> {}, Optional.empty());
            return;
        }
        ReceivedRequest received = requests.arrived(sequence -> received(sequence, request, route));
        Optional<SimulatedFault> fault = faults.take(route.operation());
        if (fault.isPresent() && !fault.get().readsBody()) {
            fault.get().play(stage(request, route, Buffer.buffer(), connector::answer));
        } else {
            Consumer<BodyRead> logged = read -> requests.read(received, read.bytes(), read.end() == BodyRead.End.WHOLE);
            read(request, route, connector::answer, logged, fault);
        }
    }

    /** Reads the body, tells {@code reader} of it, and answers by way of {@code fault}, if there is one. */
    private void read(
            HttpServerRequest request,
            Route route,
            Function<SandboxRequest, SandboxReply> by,
            Consumer<BodyRead> reader,
            Optional<SimulatedFault> fault) {
        BodyRead.of(request, bounds.bodyBytes())
                .onSuccess(read -> {
                    reader.accept(read);
                    FaultStage stage = stage(request, route, read.bytes(), by);
                    switch (read.end()) {
                        case WHOLE ->
                            fault.ifPresentOrElse(planned -> planned.play(stage), () -> stage.send(stage.ordinary()));
                        case TOO_LARGE -> stage.sendAndClose(tooLarge().with("Connection", "close"));
                        case CUT -> log.atDebug().log("The sandbox's client left in the middle of a request");
                    }
                })
                .onFailure(bug -> log.atError().setCause(bug).log("The sandbox failed to read a request"));
    }

    private FaultStage stage(
            HttpServerRequest request, Route route, Buffer body, Function<SandboxRequest, SandboxReply> by) {
        String contentType = request.headers().get("Content-Type");
        SandboxRequest asked = new SandboxRequest(
                method(request), origin(request), request.uri(), route, contentType == null ? "" : contentType, body);
        return new FaultStage(context, request, () -> answer(asked, by));
    }

    private static SandboxReply answer(SandboxRequest asked, Function<SandboxRequest, SandboxReply> by) {
        try {
            return by.apply(asked);
        } catch (ConnectorError refusal) {
            return refusal.answer();
        } catch (RuntimeException bug) {
            log.atError().setCause(bug).log("The sandbox failed to answer a request");
            return new ConnectorError(500, "ServiceError", "The sandbox failed.").answer();
        }
    }

    private SandboxReply tooLarge() {
        return new ConnectorError(413, "RequestEntityTooLarge", "The body is above " + bounds.bodyBytes() + " bytes.")
                .answer();
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

    /** The request's method; GET for HEAD, whose answers differ by the missing body only. */
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
