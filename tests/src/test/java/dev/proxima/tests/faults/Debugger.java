package dev.proxima.tests.faults;

import com.sun.jdi.Bootstrap;
import com.sun.jdi.ThreadReference;
import com.sun.jdi.VirtualMachine;
import com.sun.jdi.connect.AttachingConnector;
import com.sun.jdi.connect.Connector;
import com.sun.jdi.connect.IllegalConnectorArgumentsException;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Halts threads of another JVM while the rest of it goes on. */
final class Debugger implements AutoCloseable {

  private static final String SOCKET = "com.sun.jdi.SocketAttach";

  private final VirtualMachine machine;

  private Debugger(VirtualMachine machine) {
    this.machine = machine;
  }

  /** What a JVM must be started with. */
  static String option(int port) {
    return "-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=127.0.0.1:" + port;
  }

  static Debugger attach(int port) throws IOException {
    AttachingConnector connector =
        Bootstrap.virtualMachineManager().attachingConnectors().stream()
            .filter(known -> known.name().equals(SOCKET))
            .findFirst()
            .orElseThrow();
    Map<String, Connector.Argument> arguments = connector.defaultArguments();
    arguments.get("hostname").setValue("127.0.0.1");
    arguments.get("port").setValue(Integer.toString(port));
    try {
      return new Debugger(connector.attach(arguments));
    } catch (IllegalConnectorArgumentsException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Halts all threads with {@code part} in their names and says how many. */
  int halt(String part) {
    List<ThreadReference> threads =
        machine.allThreads().stream().filter(thread -> thread.name().contains(part)).toList();
    threads.forEach(ThreadReference::suspend);
    return threads.size();
  }

  /** Lets go: what was halted goes on. */
  @Override
  public void close() {
    machine.dispose();
  }
}
