package io.forebay.benchmarks;

import io.forebay.connectors.kafka.KafkaServers;
import io.forebay.connectors.kafka.KafkaSource;
import io.forebay.connectors.kafka.KafkaSourceSettings;
import io.forebay.connectors.kafka.MessageFields;
import io.forebay.formats.api.MessageFormat;
import io.forebay.servers.KafkaBroker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * S2: messages a second out of Kafka, decoded, against a bare loop, and one that looks at no
 * message.
 */
final class KafkaReading implements Claim {
  @Override
  public String id() {
    return "S2";
  }

  @Override
  public String title() {
    return "messages a second from Kafka, decoded, against a bare consumer loop";
  }

  @Override
  public void measure(Session session) throws Exception {
    int messages = session.scaled(2_000_000, 20_000);
    Path folder = Files.createTempDirectory(session.file("."), "kafka");
    try (KafkaBroker broker = new KafkaBroker(folder.resolve("broker"))) {
      broker.create("readings", 1);
      double[] values = Readings.values(messages);
      for (int from = 0; from < messages; from += 100_000) {
        List<String> texts = new ArrayList<>();
        for (int i = from; i < Math.min(messages, from + 100_000); i++) {
          texts.add(
              "{\"sensorId\":\"%s\",\"timestamp\":%d,\"value\":%s}"
                  .formatted(Readings.sensor(i), Readings.timestamp(i), values[i]));
        }
        broker.send("readings", 0, texts);
      }
      Contest contest = new Contest("S2: Kafka source", "messages/s");
      contest.add("Kafka source", () -> source(broker, messages));
      contest.add("bare consumer loop", () -> bare(broker, messages, true));
      contest.add("the same, looking at no message", () -> bare(broker, messages, false));
      session.run(contest, 2);
      session.atLeast(
          "Forebay's source over a bare consumer loop",
          contest.series("Kafka source").over(contest.series("bare consumer loop")),
          0.9);
    } finally {
      try (Stream<Path> all = Files.walk(folder)) {
        for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }

  private static double source(KafkaBroker broker, int messages) throws Exception {
    CountingContext counting = new CountingContext();
    long begin = System.nanoTime();
    try (KafkaSource source =
        KafkaSource.of(
            new KafkaSourceSettings(
                KafkaServers.plain(broker.address()),
                List.of("readings"),
                "bench",
                MessageFormat.JSON,
                Readings.SCHEMA,
                MessageFields.NONE,
                true,
                true))) {
      source.run(counting);
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    if (counting.records() != messages) {
      throw new IllegalStateException(counting.records() + " records came");
    }
    return messages / seconds;
  }

  private static double bare(KafkaBroker broker, int messages, boolean decode) {
    long begin = System.nanoTime();
    BareReading reading = new BareReading();
    double sum = 0;
    long bytes = 0;
    int count = 0;
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers",
                broker.address(),
                "max.poll.records",
                5_000,
                "enable.auto.commit",
                false,
                // As the source does: a fetch behind the end is answered before the client closes.
                "fetch.max.wait.ms",
                20,
                "receive.buffer.bytes",
                -1),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      TopicPartition partition = new TopicPartition("readings", 0);
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      while (count < messages) {
        for (ConsumerRecord<byte[], byte[]> message : consumer.poll(Duration.ofMillis(100))) {
          byte[] value = message.value();
          bytes += value.length;
          if (decode && reading.read(value, 0, value.length)) {
            sum += reading.value();
          }
          count++;
        }
      }
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    if (bytes == 0 || (decode && sum == 0)) {
      throw new IllegalStateException("nothing was read");
    }
    return messages / seconds;
  }
}
