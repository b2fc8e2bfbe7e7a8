package io.forebay.cli;

import io.forebay.RecordFunction;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;

/** Prints, logs and throws its parameters, in this process. */
public final class Leaking implements RecordFunction<Leaking.In, Leaking.Out> {
  /** A reading. */
  public record In(long id) {}

  /** What becomes of it. */
  public record Out(long twice) {}

  private final String secret;

  /** Given by the pipeline file. */
  public Leaking(Map<String, String> parameters) {
    secret = parameters.getOrDefault("password", "");
  }

  @Override
  public Out apply(In in) {
    System.out.println("out " + secret);
    System.err.println("err " + secret);
    System.out.print("split " + secret.substring(0, 5));
    System.out.flush();
    System.out.println(secret.substring(5));
    byte[] bytes = ("bytes " + secret + "\n").getBytes(StandardCharsets.UTF_8);
    System.err.write(bytes, 0, bytes.length);
    System.getLogger("leaking").log(System.Logger.Level.WARNING, "logged " + secret);
    java.util.logging.Logger.getLogger("leaking").warning("by a library " + secret);
    String login = "user:" + secret;
    System.err.println(
        "Basic " + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8)));
    if (in.id == 2) {
      throw new IllegalStateException(
          "cannot log in at jdbc:postgresql://db/plant?user=u&password=" + secret,
          new IllegalArgumentException("because of " + secret));
    }
    return new Out(2 * in.id);
  }
}
