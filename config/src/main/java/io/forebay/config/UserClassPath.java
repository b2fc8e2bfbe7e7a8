package io.forebay.config;

import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Adds the user's jars and folders to where functions are looked for: in this JVM by the context
 * class loader of the calling thread, which the threads that it starts inherit; in worker processes
 * by the property {@code java.class.path}, which is their class path.
 */
final class UserClassPath {
  private UserClassPath() {}

  /** Adds the entries, relative to the working directory. Call it before functions are bound. */
  static void add(List<String> entries) {
    if (entries.isEmpty()) {
      return;
    }
    List<URL> urls = new ArrayList<>();
    StringBuilder property = new StringBuilder(System.getProperty("java.class.path", ""));
    for (String entry : entries) {
      Path path = Path.of(entry).toAbsolutePath().normalize();
      try {
        urls.add(path.toUri().toURL());
      } catch (MalformedURLException e) {
        throw new IllegalArgumentException("a file has a URL: " + path, e);
      }
      property.append(File.pathSeparator).append(path);
    }
    System.setProperty("java.class.path", property.toString());
    Thread thread = Thread.currentThread();
    // Lives as long as the functions, which is as long as the JVM.
    @SuppressWarnings("resource")
    URLClassLoader loader =
        new URLClassLoader(urls.toArray(URL[]::new), thread.getContextClassLoader());
    thread.setContextClassLoader(loader);
  }
}
