package io.forebay.workers.functions;

import io.forebay.workers.internal.binding.ClassPathNames;
import io.forebay.workers.internal.binding.FunctionClass;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Lists the functions that stages can name. */
public final class FunctionCatalog {
  private FunctionCatalog() {}

  /**
   * The classes on the class path that are functions and that a stage can name, sorted. Reads every
   * class there, loads those that are functions and initializes none: takes about a second.
   */
  public static List<Class<?>> onClassPath() {
    ClassLoader loader = FunctionClass.loader();
    String classPath = System.getProperty("java.class.path", "");
    return ClassPathNames.subtypes(classPath, FunctionClass.kinds()).stream()
        .filter(name -> !isInternal(name) && FunctionClass.looksLikeOne(name, loader))
        .<Class<?>>map(name -> Objects.requireNonNull(FunctionClass.tryLoad(name, loader)))
        .filter(FunctionCatalog::isUsable)
        .sorted(Comparator.comparing(Class::getName))
        .toList();
  }

  /** Forebay's own are public where workers make them by name, but of no use to stages. */
  private static boolean isInternal(String name) {
    return name.startsWith("io.forebay.") && name.contains(".internal.");
  }

  private static boolean isUsable(Class<?> type) {
    int modifiers = type.getModifiers();
    return Modifier.isPublic(modifiers)
        && !Modifier.isAbstract(modifiers)
        && (!type.isMemberClass() || Modifier.isStatic(modifiers))
        && Arrays.stream(type.getConstructors())
            .map(each -> List.of(each.getParameterTypes()))
            .anyMatch(each -> each.isEmpty() || each.equals(List.of(Map.class)));
  }
}
