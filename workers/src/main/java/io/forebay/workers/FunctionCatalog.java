package io.forebay.workers;

import java.lang.reflect.Modifier;
import java.util.List;
import java.util.Set;

/** Lists the functions that stages can name. */
public final class FunctionCatalog {
  /** Public, because workers make them by name, but of no use to stages. */
  private static final Set<Class<?>> OWN = Set.of(TaskFunction.class, AotSample.class);

  private FunctionCatalog() {}

  /**
   * The public classes on the class path that are functions, sorted. Loads every class there, but
   * initializes none: takes about a second.
   */
  public static List<String> onClassPath() {
    ClassLoader loader = FunctionClass.loader();
    return ClassPathNames.names(System.getProperty("java.class.path", "")).stream()
        .filter(name -> FunctionClass.looksLikeOne(name, loader))
        .filter(name -> isUsable(name, loader))
        .sorted()
        .toList();
  }

  private static boolean isUsable(String name, ClassLoader loader) {
    Class<?> type = FunctionClass.tryLoad(name, loader);
    return type != null
        && !OWN.contains(type)
        && Modifier.isPublic(type.getModifiers())
        && !Modifier.isAbstract(type.getModifiers())
        && !type.isInterface();
  }
}
