package io.forebay.workers.internal.process;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.List;

/**
 * Makes this virtual machine pass over the signals by which a service manager ends all processes of
 * a service: a worker ends when its engine says so. By handlers that do nothing, which processes
 * that a function starts do not inherit, as they would an ignored signal.
 *
 * <p>By reflection, for the compiler's warning about {@code sun.misc.Signal} cannot be suppressed.
 */
final class IgnoredSignals {
  private static final List<String> SIGNALS = List.of("HUP", "INT", "TERM");

  private IgnoredSignals() {}

  static void install() {
    try {
      Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
      Class<?> signalType = Class.forName("sun.misc.Signal");
      InvocationHandler nothing = (self, method, arguments) -> null;
      Object handler =
          Proxy.newProxyInstance(
              IgnoredSignals.class.getClassLoader(), new Class<?>[] {handlerType}, nothing);
      for (String signal : SIGNALS) {
        signalType
            .getMethod("handle", signalType, handlerType)
            .invoke(null, signalType.getConstructor(String.class).newInstance(signal), handler);
      }
    } catch (ReflectiveOperationException | IllegalArgumentException e) {
      // The virtual machine has no such class, or needs the signal: it ends by it then.
    }
  }
}
