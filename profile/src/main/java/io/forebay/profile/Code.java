package io.forebay.profile;

import java.util.List;
import java.util.Set;

/**
 * Whose code a frame is of. Java frames end as async-profiler annotates them, with how they were
 * compiled; those of the standard library of Python as the worker's sampler does; frames of the
 * virtual machine and of native libraries have neither.
 *
 * @param prefix of the frames of the function's own package; its Python functions need none
 */
record Code(String prefix) {
  private static final Set<String> ANNOTATIONS = Set.of("_[j]", "_[i]", "_[0]", "_[1]");
  private static final String OF_PYTHON = " (python)";
  private static final List<String> JDK =
      List.of("java/", "javax/", "jdk/", "sun/", "com/sun/", "one/profiler/");

  /** What users call, although it is shipped with Forebay. */
  private static final List<String> FOR_USERS =
      List.of("io/forebay/functions/", "io/forebay/examples/");

  enum Owner {
    FUNCTION,
    FOREBAY,

    /** Of a runtime: whoever calls it has its time. */
    LIBRARY
  }

  /** Of a stage with that Java function. */
  static Code ofJava(String function) {
    int dot = function.lastIndexOf('.');
    return new Code(dot < 0 ? function : function.substring(0, dot + 1).replace('.', '/'));
  }

  static boolean isJava(String frame) {
    return frame.length() > 4 && ANNOTATIONS.contains(frame.substring(frame.length() - 4));
  }

  /** Whether a language knows it as a function or method. */
  static boolean isOfLanguage(String frame) {
    return isJava(frame) || frame.endsWith(OF_PYTHON);
  }

  Owner ownerOfJava(String frame) {
    if (!isJava(frame) || startsWithAny(frame, JDK)) {
      return Owner.LIBRARY;
    }
    boolean own = frame.startsWith("io/forebay/") && !startsWithAny(frame, FOR_USERS);
    return own && !isInPackage(frame) ? Owner.FOREBAY : Owner.FUNCTION;
  }

  /** Not in a package beneath it: the functions' may be above Forebay's. */
  private boolean isInPackage(String frame) {
    int end = frame.indexOf('.');
    return frame.startsWith(prefix) && frame.lastIndexOf('/', end) == prefix.length() - 1;
  }

  Owner ownerOfPython(String frame) {
    if (frame.endsWith(OF_PYTHON) || frame.equals(Stacks.FURTHER)) {
      return Owner.LIBRARY;
    }
    // The main module is what starts the worker: boot.py.
    return frame.startsWith("forebay.") || frame.startsWith("__main__.")
        ? Owner.FOREBAY
        : Owner.FUNCTION;
  }

  private static boolean startsWithAny(String frame, List<String> prefixes) {
    return prefixes.stream().anyMatch(frame::startsWith);
  }

  /** As a reader knows it: {@code com.acme.Features.apply}. */
  static String name(String frame) {
    return isJava(frame) ? bare(frame).replace('/', '.') : frame;
  }

  /** All frames without how they were compiled. */
  static Stacks bare(Stacks stacks) {
    Stacks bare = new Stacks();
    stacks.forEach((frames, nanos) -> bare.add(frames.stream().map(Code::bare).toList(), nanos));
    return bare;
  }

  /** Without how it was compiled. */
  static String bare(String frame) {
    return isJava(frame) ? frame.substring(0, frame.length() - 4) : frame;
  }
}
