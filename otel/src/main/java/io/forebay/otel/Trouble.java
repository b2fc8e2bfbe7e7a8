package io.forebay.otel;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.opentelemetry.sdk.common.CompletableResultCode;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Says that something could not be sent, once a minute at most, and once that it can be again. May
 * be used by any thread.
 */
final class Trouble {
  static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(60);

  private final String receiver;
  private final LongSupplier nanos;
  private final Consumer<String> say;

  @GuardedBy("this")
  private boolean away;

  @GuardedBy("this")
  private boolean said;

  @GuardedBy("this")
  private long saidAt;

  Trouble(String receiver, LongSupplier nanos, Consumer<String> say) {
    this.receiver = receiver;
    this.nanos = nanos;
    this.say = say;
  }

  /** Looks at the result when there is one. */
  CompletableResultCode watch(CompletableResultCode result) {
    return result.whenComplete(() -> ended(result.isSuccess(), result.getFailureThrowable()));
  }

  private void ended(boolean success, @Nullable Throwable cause) {
    String sentence;
    synchronized (this) {
      if (success) {
        sentence = away && said ? "metrics and traces reach " + receiver + " again" : "";
        said = said && !away;
        away = false;
      } else {
        away = true;
        long now = nanos.getAsLong();
        boolean quiet = said && now - saidAt < QUIET_NANOS;
        sentence =
            quiet
                ? ""
                : "metrics and traces do not reach "
                    + receiver
                    + " ("
                    + reason(cause)
                    + "): what was to be sent is lost, the pipeline goes on; start the receiver, or"
                    + " correct --otlp, telemetry.otlp or OTEL_EXPORTER_OTLP_ENDPOINT";
        if (!quiet) {
          said = true;
          saidAt = now;
        }
      }
    }
    if (!sentence.isEmpty()) {
      say.accept(sentence);
    }
  }

  private static String reason(@Nullable Throwable cause) {
    Throwable deepest = cause;
    while (deepest != null && deepest.getCause() != null && deepest.getCause() != deepest) {
      deepest = deepest.getCause();
    }
    if (deepest == null) {
      return "it did not take them";
    }
    String message = deepest.getMessage();
    return message == null || message.isBlank() ? deepest.getClass().getSimpleName() : message;
  }
}
