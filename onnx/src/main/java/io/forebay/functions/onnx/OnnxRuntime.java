package io.forebay.functions.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtLoggingLevel;
import io.forebay.errors.ConfigurationException;
import io.forebay.internal.files.LibraryCache;
import java.net.URL;
import java.nio.file.Path;
import java.util.Locale;

/**
 * ONNX Runtime itself. Its own way would unpack 22 MB anew for each worker, and a worker that is
 * killed would leave them behind.
 */
final class OnnxRuntime {
  private static final OrtEnvironment ENVIRONMENT = load();

  private OnnxRuntime() {}

  static OrtEnvironment environment() {
    return ENVIRONMENT;
  }

  private static OrtEnvironment load() {
    String folder = "/ai/onnxruntime/native/" + system() + "-" + processor() + "/";
    for (String library : new String[] {"onnxruntime", "onnxruntime4j_jni"}) {
      String resource = folder + System.mapLibraryName(library);
      URL url = OrtEnvironment.class.getResource(resource);
      if (url == null) {
        throw new ConfigurationException(
            "ONNX Runtime has no native library for this machine ("
                + resource.substring(1)
                + "): run models where there is one");
      }
      Path file = LibraryCache.of("lib" + library).load(url, each -> each);
      System.setProperty("onnxruntime.native." + library + ".path", file.toString());
    }
    return OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, "forebay");
  }

  private static String system() {
    String name = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    return name.startsWith("mac") ? "osx" : name.startsWith("windows") ? "win" : name;
  }

  private static String processor() {
    String name = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
    return name.equals("amd64") || name.equals("x86_64") ? "x64" : name;
  }
}
