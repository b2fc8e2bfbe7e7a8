package io.forebay.workers.internal.launch;

import java.io.File;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Where class loaders of a program within this process, such as a job's, find its classes. */
public final class LoaderPath {
  private LoaderPath() {}

  /**
   * What the context class loader and those above it are made of, and behind it the class path of
   * this process; empty if there is nothing but that.
   */
  public static List<Path> ofContext() {
    return of(Thread.currentThread().getContextClassLoader());
  }

  static List<Path> of(@Nullable ClassLoader context) {
    Set<Path> entries = new LinkedHashSet<>();
    for (ClassLoader loader = context; loader != null; loader = loader.getParent()) {
      if (loader instanceof URLClassLoader urls) {
        for (URL url : urls.getURLs()) {
          add(url, entries);
        }
      }
    }
    if (entries.isEmpty()) {
      return List.of();
    }
    for (String entry : System.getProperty("java.class.path", "").split(File.pathSeparator, -1)) {
      entries.add(Path.of(entry));
    }
    return new ArrayList<>(entries);
  }

  /** Adds it if it is a file: no other process could read what is none. */
  private static void add(URL url, Set<Path> entries) {
    try {
      if (url.getProtocol().equals("file")) {
        entries.add(Path.of(url.toURI()));
      }
    } catch (URISyntaxException | IllegalArgumentException e) {
      // Not the name of a file.
    }
  }
}
