package io.forebay.workers.internal.tasks;

import io.forebay.workers.internal.binding.FunctionClass;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** Which classes of tasks a worker can make again from their name and their components. */
final class TaskClass {
  private TaskClass() {}

  /** Why a task cannot run elsewhere, in one sentence; null if it can. */
  static @Nullable String refusal(Object task) {
    Class<?> type = task.getClass();
    String what;
    if (type.isHidden() || type.isSynthetic()) {
      what = "is a lambda or method reference, which has no name";
    } else if (type.isAnonymousClass() || type.isLocalClass()) {
      what = "is declared inside of a method";
    } else if (!(task instanceof Callable<?>) && !(task instanceof Runnable)) {
      what = "is neither Callable nor Runnable";
    } else if (!isPublic(type)) {
      what = "is not public, or inside of a class that is not";
    } else if (type.isRecord()) {
      return null;
    } else if (type.isMemberClass() && !Modifier.isStatic(type.getModifiers())) {
      what = "is an inner class";
    } else if (hasFields(type)) {
      what = "has fields, which do not travel";
    } else if (!hasConstructor(type)) {
      what = "has no public constructor without arguments";
    } else {
      return null;
    }
    return "the task "
        + type.getName()
        + " "
        + what
        + ": make it a public record that implements Callable, with what it needs as components;"
        + " nothing was run";
  }

  static Class<?> load(String name) throws ClassNotFoundException {
    return Class.forName(name, true, FunctionClass.loader());
  }

  private static boolean isPublic(Class<?> type) {
    for (Class<?> each = type; each != null; each = each.getEnclosingClass()) {
      if (!Modifier.isPublic(each.getModifiers())) {
        return false;
      }
    }
    return true;
  }

  private static boolean hasFields(Class<?> type) {
    for (Class<?> each = type; each != null && each != Object.class; each = each.getSuperclass()) {
      if (Arrays.stream(each.getDeclaredFields())
          .anyMatch(field -> !Modifier.isStatic(field.getModifiers()))) {
        return true;
      }
    }
    return false;
  }

  private static boolean hasConstructor(Class<?> type) {
    return Arrays.stream(type.getConstructors()).anyMatch(each -> each.getParameterCount() == 0);
  }
}
