package io.forebay.workers.functions;

import io.forebay.workers.internal.binding.ClassPathNames;
import io.forebay.workers.internal.binding.FunctionClass;
import java.lang.reflect.Modifier;
import java.util.List;

/** Lists the functions that stages can name. */
public final class FunctionCatalog {
  /**
   * Where those are that are public, because workers make them by name, but of no use to stages.
   */
  private static final String OWN = "io.forebay.workers.internal.";

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
        && !name.startsWith(OWN)
        && Modifier.isPublic(type.getModifiers())
        && !Modifier.isAbstract(type.getModifiers())
        && !type.isInterface();
  }
}
