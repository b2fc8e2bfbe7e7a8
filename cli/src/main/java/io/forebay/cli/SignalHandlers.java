package io.forebay.cli;

import java.lang.reflect.Proxy;

/**
 * Handlers of Unix signals, by {@code sun.misc.Signal}: the JDK's only way, which the module {@code
 * jdk.unsupported} exports on purpose. By reflection, because the compiler's warning about it
 * cannot be suppressed.
 */
final class SignalHandlers {
  private SignalHandlers() {}

  /**
   * Calls {@code handler}, on a thread of its own, whenever the signal comes; until what is
   * returned is run, which gives the signal the effect back that it had before.
   */
  static Runnable handle(String signal, Runnable handler) {
    try {
      Class<?> type = Class.forName("sun.misc.SignalHandler");
      Object proxy =
          Proxy.newProxyInstance(
              SignalHandlers.class.getClassLoader(),
              new Class<?>[] {type},
              (self, method, arguments) -> {
                if (method.getName().equals("handle")) {
                  handler.run();
                }
                return null; // nothing calls the methods of Object
              });
      Object before = install(signal, type, proxy);
      return () -> restore(signal, type, before);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("this JVM has no sun.misc.Signal", e);
    }
  }

  private static void restore(String signal, Class<?> type, Object handler) {
    try {
      install(signal, type, handler);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("sun.misc.Signal was there before", e);
    }
  }

  private static Object install(String signal, Class<?> type, Object handler)
      throws ReflectiveOperationException {
    Class<?> signalType = Class.forName("sun.misc.Signal");
    Object named = signalType.getConstructor(String.class).newInstance(signal);
    return signalType.getMethod("handle", signalType, type).invoke(null, named, handler);
  }
}
