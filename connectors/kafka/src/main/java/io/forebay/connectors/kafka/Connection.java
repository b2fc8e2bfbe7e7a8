package io.forebay.connectors.kafka;

import io.forebay.SourceContext;
import io.forebay.SourceState;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.Metric;
import org.jspecify.annotations.Nullable;

/** Tells the engine how the source stands to its brokers, when that changes. */
final class Connection {
  private final Consumer<?, ?> consumer;
  private final String brokers;
  private final SourceContext context;

  /** How many connections the client has. */
  private final @Nullable Metric count;

  private @Nullable SourceState told;

  Connection(Consumer<?, ?> consumer, String brokers, SourceContext context) {
    this.consumer = consumer;
    this.brokers = brokers;
    this.context = context;
    this.count =
        consumer.metrics().entrySet().stream()
            .filter(entry ->
                entry.getKey().name().equals("connection-count")
                    && entry.getKey().group().equals("consumer-metrics"))
            .map(entry -> (Metric) entry.getValue())
            .findFirst()
            .orElse(null);
  }

  void connecting() {
    tell(SourceState.CONNECTING, "to " + brokers);
  }

  /** Messages have come, or would if there was room. */
  void busy() {
    tell(SourceState.CONNECTED, "");
  }

  /** No message has come. */
  void quiet() {
    if (count != null && Double.valueOf(0).equals(count.metricValue())) {
      tell(
          SourceState.DISCONNECTED,
          "no broker of " + brokers + " answers: " + KafkaReason.NO_ANSWER);
    } else if (!consumer.assignment().isEmpty()) {
      tell(SourceState.IDLE, "");
    }
  }

  private void tell(SourceState now, String detail) {
    if (now != told) {
      told = now;
      context.state(now, detail);
    }
  }
}
