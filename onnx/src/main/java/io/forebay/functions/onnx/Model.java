package io.forebay.functions.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import io.forebay.errors.ConfigurationException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * A model, opened: one session, which computes on the calling thread only, because the workers
 * already take every core.
 */
final class Model implements AutoCloseable {
  private final String name;
  private final OrtEnvironment environment;
  private final OrtSession session;
  private final Map<String, NodeInfo> inputs;
  private final Map<String, NodeInfo> outputs;

  private Model(String name, OrtEnvironment environment, OrtSession session) throws OrtException {
    this.name = name;
    this.environment = environment;
    this.session = session;
    this.inputs = session.getInputInfo();
    this.outputs = session.getOutputInfo();
  }

  /**
   * Opens the model.
   *
   * @throws ConfigurationException in one sentence, if there is none or it cannot be used
   */
  static Model open(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new ConfigurationException(
          "there is no model %s (%s): say with the parameter model where the .onnx file is, from the folder in which forebay is started"
              .formatted(file, file.toAbsolutePath()));
    }
    OrtEnvironment environment = OnnxRuntime.environment();
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      // What fails is thrown, too.
      options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
      return new Model(
          "the model " + file.getFileName(),
          environment,
          environment.createSession(file.toString(), options));
    } catch (OrtException e) {
      throw new ConfigurationException(
          "the model %s cannot be opened: %s: export it anew for ONNX Runtime %s"
              .formatted(file, e.getMessage(), environment.getVersion()),
          e);
    }
  }

  /** The SHA-256 of the file, in hexadecimal. */
  static String hash(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      new DigestInputStream(in, digest).transferTo(OutputStream.nullOutputStream());
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchFileException e) {
      throw new ConfigurationException("there is no model " + file, e);
    } catch (IOException e) {
      throw new ConfigurationException("the model " + file + " cannot be read: " + e, e);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e); // Every Java has it.
    }
  }

  /** How messages name it. */
  String name() {
    return name;
  }

  Set<String> inputNames() {
    return inputs.keySet();
  }

  Set<String> outputNames() {
    return outputs.keySet();
  }

  Tensor input(String input) {
    return Tensor.of(name, node(inputs, input));
  }

  Tensor output(String output) {
    return Tensor.of(name, node(outputs, output));
  }

  private static NodeInfo node(Map<String, NodeInfo> nodes, String name) {
    return Objects.requireNonNull(nodes.get(name), name);
  }

  OrtEnvironment environment() {
    return environment;
  }

  /** Computes these outputs. */
  OrtSession.Result run(Map<String, OnnxTensor> tensors, Set<String> wanted) throws OrtException {
    return session.run(tensors, wanted);
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      // It was open, and nobody uses it.
    }
  }
}
