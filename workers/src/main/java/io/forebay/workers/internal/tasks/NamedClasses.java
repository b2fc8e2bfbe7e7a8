package io.forebay.workers.internal.tasks;

import io.forebay.workers.internal.binding.RecordTypes;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;

/**
 * The records and enums that a task's caller has named: those among its arguments, and those that
 * the declaration of its result leads to. An answer is made of nothing else: what a worker says
 * loads and initializes no class of this process, and calls no constructor of one.
 *
 * <p>Filled by one thread; then for any.
 */
final class NamedClasses implements TaskCodec.Classes {
  private final String task;
  private final Map<String, Class<?>> classes = new HashMap<>();
  private final Set<Type> seen = new HashSet<>();

  /** What the task declares as its result. */
  NamedClasses(Class<?> task) {
    this.task = task.getName();
    Type[] result = RecordTypes.arguments(task, Callable.class);
    if (result != null) {
      addDeclared(result[0]);
    }
  }

  /** A class of which the caller has handed in a value. */
  void add(Class<?> type) {
    classes.put(type.getName(), type);
  }

  private void addDeclared(Type type) {
    if (!seen.add(type)) {
      return;
    }
    switch (type) {
      case Class<?> plain -> addDeclared(plain);
      case ParameterizedType generic -> {
        addDeclared(generic.getRawType());
        addAll(generic.getActualTypeArguments());
      }
      case WildcardType wildcard -> addAll(wildcard.getUpperBounds());
      case TypeVariable<?> variable -> addAll(variable.getBounds());
      default -> {} // Arrays hold only what has a type byte of its own.
    }
  }

  private void addDeclared(Class<?> type) {
    if (type.isRecord()) {
      add(type);
      for (RecordComponent component : type.getRecordComponents()) {
        addDeclared(component.getGenericType());
      }
    } else if (type.isEnum()) {
      add(type);
    } else if (type.isSealed()) {
      addAll(type.getPermittedSubclasses());
    }
  }

  private void addAll(Type[] types) {
    for (Type type : types) {
      addDeclared(type);
    }
  }

  @Override
  public Class<?> find(String name) throws IOException {
    Class<?> found = classes.get(name);
    if (found == null) {
      throw new IOException(
          "it holds a "
              + name
              + ", which neither the arguments nor the declared result of the task "
              + task
              + " name, so it was not made: declare the task as a Callable of what it returns");
    }
    return found;
  }
}
