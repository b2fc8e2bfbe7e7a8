package io.forebay.workers.internal.calls;

import io.forebay.errors.ConfigurationException;
import io.forebay.workers.api.FunctionSpec;
import io.forebay.workers.internal.binding.ErrorText;
import io.forebay.workers.internal.binding.FunctionClass;
import io.forebay.workers.internal.protocol.Frame;
import io.forebay.workers.internal.protocol.Payload;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;

/**
 * What each worker runs once, before its first call: a class that implements {@link Runnable} or
 * {@link Callable}, or a Python function, by name. A worker whose initializer fails refuses to
 * start.
 */
public final class Initializer {
  private static final List<Class<?>> KINDS = List.of(Runnable.class, Callable.class);

  private Initializer() {}

  /**
   * Checks, before anything is started, that workers of {@code function} can find the initializer.
   *
   * @throws ConfigurationException in one sentence
   */
  public static void check(FunctionSpec initializer, FunctionSpec function) {
    if (initializer.isPython() != function.isPython()) {
      throw new ConfigurationException(
          "the initializer "
              + initializer.reference()
              + " and the function "
              + function.shortName()
              + " are of different languages: a worker runs one of them, name an initializer of the"
              + " function's");
    }
    if (!initializer.isPython()) {
      find(initializer);
    }
  }

  /** Runs it in a worker, on the thread that will call the function. */
  public static void run(FunctionSpec initializer) {
    try {
      Object instance = find(initializer).newInstance();
      if (instance instanceof Callable<?> callable) {
        callable.call();
      } else {
        ((Runnable) instance).run();
      }
    } catch (ConfigurationException e) {
      throw e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed(initializer, e);
    } catch (Exception | LinkageError e) {
      throw failed(initializer, e);
    }
  }

  private static ConfigurationException failed(FunctionSpec initializer, Throwable e) {
    return new ConfigurationException(
        "the initializer "
            + initializer.reference()
            + " threw "
            + ErrorText.headline(e)
            + ": no call is made before it succeeds",
        e);
  }

  private static FunctionClass find(FunctionSpec initializer) {
    try {
      return FunctionClass.find(initializer, KINDS);
    } catch (ConfigurationException e) {
      throw new ConfigurationException("the initializer cannot be used: " + e.getMessage(), e);
    }
  }

  public static Frame frame(FunctionSpec initializer) throws IOException {
    Payload payload =
        Payload.empty().putText(initializer.reference()).putInt(initializer.parameters().size());
    for (Map.Entry<String, String> parameter : new TreeMap<>(initializer.parameters()).entrySet()) {
      payload.putText(parameter.getKey()).putText(parameter.getValue());
    }
    return payload.frame(Frame.INITIALIZE);
  }

  public static FunctionSpec decode(Frame frame) throws IOException {
    Payload payload = frame.expect(Frame.INITIALIZE);
    String reference = payload.text();
    int count = payload.count();
    Map<String, String> parameters = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      parameters.put(payload.text(), payload.text());
    }
    payload.end();
    return new FunctionSpec(reference, parameters);
  }
}
