package dev.botgate.endtoend;

import static dev.botgate.testing.Await.until;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jdi.Bootstrap;
import com.sun.jdi.ClassType;
import com.sun.jdi.ObjectReference;
import com.sun.jdi.ReferenceType;
import com.sun.jdi.ThreadReference;
import com.sun.jdi.VirtualMachine;
import com.sun.jdi.connect.AttachingConnector;
import com.sun.jdi.connect.Connector;
import com.sun.jdi.event.BreakpointEvent;
import com.sun.jdi.event.Event;
import com.sun.jdi.event.EventSet;
import com.sun.jdi.request.BreakpointRequest;
import com.sun.jdi.request.EventRequest;
import dev.botgate.testing.Ports;
import dev.botgate.testing.Raw;
import dev.botgate.testing.TestProcesses;
import dev.botgate.testing.TestProcesses.TestProcess;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The packaged gateway when an event loop hangs, or meets an error that it cannot go on after: a debugger sees to either. */
class DyingGatewayIT {
    private static final String DEBUGGED = "-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=127.0.0.1:0";

    @RegisterExtension
    final TestProcesses children = new TestProcesses();

    private final int port = Ports.free();
    private final int operatorPort = Ports.free();
    private TestProcess gateway;
    private VirtualMachine debugged;

    @BeforeEach
    void start() throws Exception {
        children.linkServer();
        gateway = children.botgate(
                List.of(DEBUGGED),
                Map.of(
                        "BOTGATE_SERVER_PORT",
                        Integer.toString(port),
                        "BOTGATE_SERVER_EVENT_LOOPS",
                        "2",
                        "BOTGATE_SERVER_SHUTDOWN_TIMEOUT",
                        "1s",
                        "BOTGATE_ADMIN_PORT",
                        Integer.toString(operatorPort),
                        "BOTGATE_SANDBOX_PORT",
                        Integer.toString(Ports.free())),
                "run",
                "--sandbox");
        assertThat(gateway.awaitLine("bots talk to")).isNotEmpty();
        debugged = attach(gateway.awaitLine("at address: ").replaceAll(".*at address: ", ""));
    }

    @Test
    void whileEventLoopsHang_itSaysSo_andSigtermEndsItInTime() {
        debugged.allThreads().stream()
                .filter(thread -> thread.name().startsWith("vert.x-eventloop-thread-1"))
                .forEach(ThreadReference::suspend);
        URI operator = URI.create("http://127.0.0.1:" + operatorPort);
        until(() -> Raw.exchange(operator, Raw.request("GET /health/ready HTTP/1.1", List.of("Host: localhost"), ""))
                .text()
                .matches("(?s).*event loop [01] has been blocked for.*"));

        gateway.terminate();

        assertThat(gateway.exitCode()).as(gateway.output()).isEqualTo(70);
        assertThat(gateway.output()).contains("Botgate ends itself: stopping took too long");
    }

    @Test
    void anErrorOnAnEventLoop_afterWhichItCannotGoOn_endsIt() throws Exception {
        ReferenceType server =
                debugged.classesByName("dev.botgate.server.GatewayServer").get(0);
        BreakpointRequest request = debugged.eventRequestManager()
                .createBreakpointRequest(server.methodsByName("handle").get(0).location());
        request.setSuspendPolicy(EventRequest.SUSPEND_EVENT_THREAD);
        request.enable();
        try (Raw client = Raw.connect(port)) {
            var unused = client.send(Raw.request("GET /v3/conversations/c/members HTTP/1.1", List.of(), ""));
            throwAt(reached(), "java.lang.OutOfMemoryError");

            assertThat(gateway.exitCode()).as(gateway.output()).isEqualTo(70);
        }
        assertThat(gateway.output()).contains("Botgate ends itself: out of memory");
    }

    private ThreadReference reached() throws InterruptedException {
        while (true) {
            EventSet events = debugged.eventQueue().remove();
            for (Event event : events) {
                if (event instanceof BreakpointEvent reached) {
                    debugged.eventRequestManager().deleteAllBreakpoints();
                    return reached.thread();
                }
            }
            events.resume();
        }
    }

    private void throwAt(ThreadReference thread, String error) throws Exception {
        ClassType type = (ClassType) debugged.classesByName(error).get(0);
        ObjectReference thrown = type.newInstance(
                thread, type.concreteMethodByName("<init>", "()V"), List.of(), ClassType.INVOKE_SINGLE_THREADED);
        thread.stop(thrown);
        thread.resume();
    }

    private static VirtualMachine attach(String port) throws Exception {
        AttachingConnector sockets = Bootstrap.virtualMachineManager().attachingConnectors().stream()
                .filter(connector -> connector.transport().name().equals("dt_socket"))
                .findFirst()
                .orElseThrow();
        Map<String, Connector.Argument> arguments = sockets.defaultArguments();
        arguments.get("hostname").setValue("127.0.0.1");
        arguments.get("port").setValue(port.strip());
        return sockets.attach(arguments);
    }
}
