package dev.botgate.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jdi.Bootstrap;
import com.sun.jdi.IncompatibleThreadStateException;
import com.sun.jdi.Location;
import com.sun.jdi.ReferenceType;
import com.sun.jdi.StackFrame;
import com.sun.jdi.VMDisconnectedException;
import com.sun.jdi.VirtualMachine;
import com.sun.jdi.connect.AttachingConnector;
import com.sun.jdi.connect.Connector;
import com.sun.jdi.event.BreakpointEvent;
import com.sun.jdi.event.ClassPrepareEvent;
import com.sun.jdi.event.Event;
import com.sun.jdi.event.EventSet;
import com.sun.jdi.request.BreakpointRequest;
import com.sun.jdi.request.ClassPrepareRequest;
import com.sun.jdi.request.EventRequest;
import dev.botgate.testing.Child;
import dev.botgate.testing.Children;
import dev.botgate.testing.Ports;
import dev.botgate.testing.Raw;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A JVM that has looked into a single text beyond Latin-1 compiles {@code String.charAt} with both ways ever after, which
 * makes a request's headers a tenth of its cost dearer: to check, to copy and to write. Numbers made by the rules of a
 * locale suffice, as by {@code %d}, since its sign for per mille is such a text.
 */
class NarrowTextIT {
    private static final String DEBUGGED = "-agentlib:jdwp=transport=dt_socket,server=y,suspend=y,address=127.0.0.1:0";

    private static final String LOOKED_INTO = "java.lang.StringUTF16";

    @RegisterExtension
    final Children children = new Children();

    private final List<String> looks = new CopyOnWriteArrayList<>();

    @Test
    void aGatewayThatStarts_andForwardsPlainJson_looksIntoNoTextBeyondLatin1() throws Exception {
        assertThat(children.botgate(List.of(), Map.of(), "migrate").exitCode()).isZero();
        String connector = children.botgate(
                        List.of(), Map.of("BOTGATE_SANDBOX_PORT", Integer.toString(Ports.free())), "sandbox")
                .awaitLine("listens on")
                .replaceAll(".*listens on ", "");
        int port = Ports.free();
        Map<String, String> environment = Map.of(
                "BOTGATE_SERVER_PORT", Integer.toString(port),
                "BOTGATE_ADMIN_PORT", Integer.toString(Ports.free()),
                "BOTGATE_UPSTREAM_CONNECTORS_TEAMS_URL", connector);
        Child gateway = children.botgate(List.of(DEBUGGED), environment, "run");
        VirtualMachine debugged = attach(gateway.awaitLine("at address: ").replaceAll(".*at address: ", ""));
        watch(debugged);

        assertThat(gateway.awaitLine("bots talk to")).isNotEmpty();
        URI address = URI.create("http://127.0.0.1:" + port);
        for (int i = 0; i < 3; i++) {
            assertThat(Raw.exchange(
                                    address,
                                    Raw.request(
                                            "POST /v3/conversations/narrow/activities HTTP/1.1",
                                            List.of("Content-Type: application/json"),
                                            "{\"type\":\"message\",\"text\":\"one\"}"))
                            .status())
                    .isEqualTo(201);
            assertThat(Raw.exchange(
                                    address,
                                    Raw.request("GET /v3/conversations/narrow/members HTTP/1.1", List.of(), ""))
                            .status())
                    .isEqualTo(200);
        }

        assertThat(looks).isEmpty();
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

    /** Lets it go on, and notes who looks. */
    private void watch(VirtualMachine debugged) {
        debugged.classesByName(LOOKED_INTO).forEach(type -> breakAt(debugged, type));
        ClassPrepareRequest request = debugged.eventRequestManager().createClassPrepareRequest();
        request.addClassFilter(LOOKED_INTO);
        request.enable();
        Thread watcher = new Thread(() -> noteAll(debugged), "looks");
        watcher.setDaemon(true);
        watcher.start();
    }

    private static void breakAt(VirtualMachine debugged, ReferenceType type) {
        Location look = type.methodsByName("charAt", "([BI)C").get(0).location();
        BreakpointRequest request = debugged.eventRequestManager().createBreakpointRequest(look);
        request.setSuspendPolicy(EventRequest.SUSPEND_EVENT_THREAD);
        request.enable();
    }

    private void noteAll(VirtualMachine debugged) {
        try {
            while (true) {
                EventSet events = debugged.eventQueue().remove();
                for (Event event : events) {
                    if (event instanceof ClassPrepareEvent prepared) {
                        breakAt(debugged, prepared.referenceType());
                    } else if (event instanceof BreakpointEvent reached) {
                        looks.add(reached.thread().frames().stream()
                                .map(StackFrame::location)
                                .map(Location::toString)
                                .collect(Collectors.joining(" < ")));
                    }
                }
                events.resume();
            }
        } catch (VMDisconnectedException ended) {
            return;
        } catch (InterruptedException | IncompatibleThreadStateException e) {
            looks.add(e.toString());
        }
    }
}
