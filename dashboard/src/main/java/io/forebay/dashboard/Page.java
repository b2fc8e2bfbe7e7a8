package io.forebay.dashboard;

import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The files of the live page, read once from the class path. */
final class Page {
  private static final String PLOTS = "/META-INF/resources/webjars/uplot/1.6.30/dist/";
  private static final String SCRIPT = "text/javascript; charset=utf-8";
  private static final String STYLE = "text/css; charset=utf-8";

  /** A file, and what it is. */
  record File(String contentType, Buffer content) {}

  private final Map<String, File> files =
      Map.of(
          "/", file("text/html; charset=utf-8", "page.html"),
          "/page.css", file(STYLE, "page.css"),
          "/page.js", file(SCRIPT, "page.js"),
          "/text.js", file(SCRIPT, "text.js"),
          "/plots.js", file(SCRIPT, "plots.js"),
          "/samples.js", file(SCRIPT, "samples.js"),
          "/workers.js", file(SCRIPT, "workers.js"),
          "/uplot.css", file(STYLE, PLOTS + "uPlot.min.css"),
          "/uplot.js", file(SCRIPT, PLOTS + "uPlot.iife.min.js"));

  @Nullable File at(String path) {
    return files.get(path);
  }

  private static File file(String contentType, String name) {
    try (InputStream in = Page.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the jar lacks " + name);
      }
      return new File(contentType, Buffer.buffer(in.readAllBytes()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
