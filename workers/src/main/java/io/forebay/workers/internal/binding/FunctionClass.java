package io.forebay.workers.internal.binding;

import io.forebay.AsyncFunction;
import io.forebay.BatchFunction;
import io.forebay.RecordExpander;
import io.forebay.RecordFunction;
import io.forebay.ValueFunction;
import io.forebay.errors.ConfigurationException;
import io.forebay.workers.api.FunctionSpec;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A class that is named as a function: found, checked, and instantiated as often as needed. */
public final class FunctionClass {
  private static final List<Class<?>> FUNCTIONS =
      List.of(
          BatchFunction.class,
          RecordFunction.class,
          RecordExpander.class,
          AsyncFunction.class,
          ValueFunction.class);

  static {
    ErrorText.endAt(FunctionClass.class);
  }

  private final FunctionSpec spec;
  private final Class<?> type;
  private final Class<?> kind;
  private final Constructor<?> constructor;

  private FunctionClass(
      FunctionSpec spec, Class<?> type, Class<?> kind, Constructor<?> constructor) {
    this.spec = spec;
    this.type = type;
    this.kind = kind;
    this.constructor = constructor;
  }

  /**
   * Finds the class and checks that workers can make instances of it.
   *
   * @param kinds the interfaces of which it has to implement one
   * @throws ConfigurationException in one sentence that says what to change
   */
  public static FunctionClass find(FunctionSpec spec, List<Class<?>> kinds) {
    Class<?> type = load(spec.reference());
    checkNameable(type);
    return new FunctionClass(spec, type, kind(type, kinds), constructor(spec, type));
  }

  /** The class. */
  public Class<?> type() {
    return type;
  }

  /** Which of the interfaces it implements. */
  public Class<?> kind() {
    return kind;
  }

  /** A new instance. */
  public Object newInstance() {
    try {
      return constructor.getParameterCount() == 0
          ? constructor.newInstance()
          : constructor.newInstance(spec.parameters());
    } catch (InvocationTargetException e) {
      Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
      if (cause instanceof ConfigurationException refused) {
        throw new ConfigurationException(
            "the function " + type.getName() + " refused its parameters: " + refused.getMessage(),
            refused);
      }
      throw new ConfigurationException(
          "the function "
              + type.getName()
              + " cannot be made: its constructor threw "
              + ErrorText.headline(cause),
          cause);
    } catch (ReflectiveOperationException e) {
      throw new ConfigurationException(
          "the function " + type.getName() + " cannot be made: " + ErrorText.headline(e), e);
    }
  }

  /** Closes an instance that is not used any more, if it can be closed. */
  public static void close(Object instance) {
    if (instance instanceof AutoCloseable closeable) {
      try {
        closeable.close();
      } catch (Exception e) {
        throw new ConfigurationException(
            "the function "
                + instance.getClass().getName()
                + " cannot be closed: "
                + ErrorText.headline(e),
            e);
      }
    }
  }

  /** As {@link #close}, at the end: there is nothing left that a failure could spoil. */
  public static void closeQuietly(Object instance) {
    try {
      close(instance);
    } catch (Throwable e) {
      // Its calls are done.
    }
  }

  /** The names of the interfaces of functions. */
  public static List<String> kinds() {
    return FUNCTIONS.stream().map(Class::getName).toList();
  }

  /** Whether the name is that of a class that implements a function interface. */
  public static boolean looksLikeOne(String name, ClassLoader loader) {
    Class<?> type = tryLoad(name, loader);
    return type != null && FUNCTIONS.stream().anyMatch(kind -> kind.isAssignableFrom(type));
  }

  private static Class<?> load(String reference) {
    if (reference.contains("$$Lambda")) {
      throw new ConfigurationException(
          "the function "
              + reference
              + " is a lambda, which no worker can load: make it a public class and give its name");
    }
    if (reference.indexOf(':') >= 0) {
      throw new ConfigurationException(
          "the function '"
              + reference
              + "' is of an unknown kind: give the name of a Java class, such as"
              + " com.acme.Features");
    }
    ClassLoader loader = loader();
    // com.acme.Outer.Inner may be written as in source code.
    for (String name = reference; ; ) {
      Class<?> type = tryLoad(name, loader);
      if (type != null) {
        return type;
      }
      int dot = name.lastIndexOf('.');
      if (dot < 0) {
        break;
      }
      name = name.substring(0, dot) + '$' + name.substring(dot + 1);
    }
    Optional<String> nearest =
        ClassPathNames.nearest(
            reference,
            System.getProperty("java.class.path", ""),
            name -> looksLikeOne(name, loader));
    throw new ConfigurationException(
        "there is no class '"
            + reference
            + "' on the class path: "
            + nearest
                .map(name -> "did you mean " + name + "?")
                .orElse("check its spelling, or add the jar that holds it"));
  }

  public static @Nullable Class<?> tryLoad(String name, ClassLoader loader) {
    try {
      return Class.forName(name, false, loader);
    } catch (ClassNotFoundException | LinkageError e) {
      // NoClassDefFoundError: also a name that differs in upper and lower case only.
      return null;
    }
  }

  public static ClassLoader loader() {
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    return context == null ? ClassLoader.getSystemClassLoader() : context;
  }

  private static void checkNameable(Class<?> type) {
    String what;
    if (type.isAnonymousClass()) {
      what = "is an anonymous class";
    } else if (type.isLocalClass()) {
      what = "is declared inside of a method";
    } else if (type.isInterface()) {
      what = "is an interface";
    } else if (type.isMemberClass() && !Modifier.isStatic(type.getModifiers())) {
      what = "is an inner class, which needs an instance of " + type.getEnclosingClass().getName();
    } else if (Modifier.isAbstract(type.getModifiers())) {
      what = "is abstract";
    } else if (!Modifier.isPublic(type.getModifiers())) {
      what = "is not public";
    } else {
      return;
    }
    throw new ConfigurationException(
        "the function "
            + type.getName()
            + " "
            + what
            + ": make it a public class of its own, or a public static nested one, so that workers"
            + " can make instances of it by name");
  }

  private static Class<?> kind(Class<?> type, List<Class<?>> kinds) {
    List<Class<?>> found =
        Stream.concat(FUNCTIONS.stream(), kinds.stream())
            .distinct()
            .filter(kind -> kind.isAssignableFrom(type))
            .filter(
                kind -> kind != ValueFunction.class || !RecordFunction.class.isAssignableFrom(type))
            .toList();
    if (found.size() > 1) {
      throw new ConfigurationException(
          "the function "
              + type.getName()
              + " implements "
              + names(found, " and ")
              + ": let it implement only one of them");
    }
    if (found.isEmpty() || !kinds.contains(found.get(0))) {
      throw new ConfigurationException(
          "the class "
              + type.getName()
              + (found.isEmpty() ? " is not a function" : " is a " + names(found, ""))
              + ", but this stage needs one: let it implement "
              + names(kinds, " or "));
    }
    return found.get(0);
  }

  private static String names(List<Class<?>> kinds, String between) {
    return kinds.stream().map(Class::getSimpleName).collect(Collectors.joining(between));
  }

  private static Constructor<?> constructor(FunctionSpec spec, Class<?> type) {
    Constructor<?> plain = constructorOf(type);
    Constructor<?> parameterized = constructorOf(type, Map.class);
    if (plain == null && parameterized == null) {
      throw new ConfigurationException(
          "the function "
              + type.getName()
              + " has no constructor that can be called: give it a public one without arguments, or"
              + " with one Map<String, String> of parameters");
    }
    if (parameterized != null && (plain == null || !spec.parameters().isEmpty())) {
      return parameterized;
    }
    if (plain == null || !spec.parameters().isEmpty()) {
      throw new ConfigurationException(
          "the function "
              + type.getName()
              + " takes no parameters, but "
              + spec.parameters().keySet().stream().sorted().collect(Collectors.joining(", "))
              + " was given: remove it, or add a public constructor with one Map<String, String>");
    }
    return plain;
  }

  private static @Nullable Constructor<?> constructorOf(Class<?> type, Class<?>... parameters) {
    try {
      return type.getConstructor(parameters);
    } catch (NoSuchMethodException e) {
      return null;
    } catch (LinkageError e) {
      throw new ConfigurationException(
          "the function "
              + type.getName()
              + " cannot be loaded: "
              + ErrorText.headline(e)
              + "; add the jar that is missing to the class path",
          e);
    }
  }
}
