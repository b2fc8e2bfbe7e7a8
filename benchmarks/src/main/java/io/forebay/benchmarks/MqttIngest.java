package io.forebay.benchmarks;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt3.Mqtt3AsyncClient;
import com.sun.management.OperatingSystemMXBean;
import io.forebay.connectors.mqtt.MqttBroker;
import io.forebay.connectors.mqtt.MqttProtocol;
import io.forebay.connectors.mqtt.MqttSource;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.mqtt.MqttClientOptions;
import java.io.BufferedReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * M1: readings by MQTT through Forebay's source, against bare loops of two client libraries that
 * read the members of the payload with Jackson's streaming parser. None has an engine behind it.
 * The sender is a process of its own.
 */
final class MqttIngest implements Claim {
  private static final long MOST_NANOS = 120_000_000_000L;

  /** A receiver that runs until it is closed. */
  private interface Receiver extends AutoCloseable {
    long records();

    /** Of the values of all readings. */
    double sum();

    @Override
    void close();
  }

  private interface Start {
    Receiver start(int port, int qos) throws Exception;
  }

  private record Reached(double perSecond, double perCpuSecond) {}

  @Override
  public String id() {
    return "M1";
  }

  @Override
  public String title() {
    return "readings by MQTT against bare loops of two client libraries";
  }

  @Override
  public void measure(Session session) throws Exception {
    for (int qos = 0; qos <= 1; qos++) {
      int messages = session.scaled(qos == 0 ? 1_000_000 : 500_000, 5_000);
      Contest contest = new Contest("M1: QoS " + qos + ", messages of 70 bytes", "messages");
      // At QoS 0 HiveMQ's client throws away what it cannot keep up with: nothing to compare.
      List<String> rivals =
          qos == 0 ? List.of("Vert.x client") : List.of("HiveMQ client", "Vert.x client");
      if (qos > 0) {
        add(contest, "HiveMQ client", MqttIngest::hiveMq, messages, qos);
      }
      add(contest, "Vert.x client", MqttIngest::vertx, messages, qos);
      add(contest, "Forebay", MqttIngest::forebay, messages, qos);
      session.run(contest, 1);
      for (String per : List.of("/s", "/CPU-s")) {
        for (String rival : rivals) {
          session.atLeast(
              "QoS " + qos + ", messages" + per + " against " + rival,
              contest.series("Forebay " + per).over(contest.series(rival + " " + per)),
              0.9);
        }
      }
    }
    session.note(
        "The receiver's CPU time is that of its process; the sender, in another one, competes for"
            + " the same cores. Of QoS 1, the libraries acknowledge each message by themselves when"
            + " it is read; Forebay is told each millisecond what is durable.");
  }

  private static void add(Contest contest, String name, Start start, int messages, int qos) {
    Reached[] last = new Reached[1];
    contest.add(
        name + " /s",
        () -> {
          last[0] = receive(start, messages, qos);
          return last[0].perSecond();
        });
    contest.add(name + " /CPU-s", () -> last[0].perCpuSecond());
  }

  private static Reached receive(Start start, int messages, int qos) throws Exception {
    Process sender =
        new ProcessBuilder(MqttLoad.command(messages, qos))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader said = sender.inputReader(StandardCharsets.UTF_8);
        Receiver receiver = start.start(Integer.parseInt(said.readLine()), qos)) {
      long begin = 0;
      long cpu = 0;
      long deadline = System.nanoTime() + MOST_NANOS;
      while (receiver.records() < messages) {
        if (begin == 0 && receiver.records() > 0) {
          begin = System.nanoTime(); // Not while it connects.
          cpu = cpuNanos();
        }
        if (System.nanoTime() > deadline) {
          throw new IllegalStateException(
              receiver.records() + " of " + messages + " messages came");
        }
        LockSupport.parkNanos(500_000);
      }
      double seconds = (System.nanoTime() - begin) / 1e9;
      double cpuSeconds = (cpuNanos() - cpu) / 1e9;
      if (receiver.sum() != MqttLoad.sum(messages)) {
        throw new IllegalStateException("the values add up to " + receiver.sum());
      }
      return new Reached(messages / seconds, messages / Math.max(1e-3, cpuSeconds));
    } finally {
      sender.destroyForcibly();
      sender.waitFor();
    }
  }

  private static long cpuNanos() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
  }

  // ------------------------------------------------------------------ the libraries

  private static final class Readings {
    private final BareReading reading = new BareReading();
    private double sum;
    private long count;
    private volatile long records;

    void read(byte[] bytes) {
      if (reading.read(bytes, 0, bytes.length)) {
        sum += reading.value();
        records = ++count;
      }
    }
  }

  private static Receiver hiveMq(int port, int qos) {
    Readings readings = new Readings();
    Mqtt3AsyncClient client =
        MqttClient.builder()
            .useMqttVersion3()
            .identifier("bench")
            .serverHost("127.0.0.1")
            .serverPort(port)
            .buildAsync();
    client.publishes(
        MqttGlobalPublishFilter.ALL, publish -> readings.read(publish.getPayloadAsBytes()));
    client.connect().join();
    client
        .subscribeWith()
        .topicFilter("plant/+/+")
        .qos(qos == 0 ? MqttQos.AT_MOST_ONCE : MqttQos.AT_LEAST_ONCE)
        .send()
        .join();
    return new Receiver() {
      @Override
      public long records() {
        return readings.records;
      }

      @Override
      public double sum() {
        return readings.sum;
      }

      @Override
      public void close() {
        client.disconnect().join();
      }
    };
  }

  private static Receiver vertx(int port, int qos) {
    Readings readings = new Readings();
    Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    io.vertx.mqtt.MqttClient client =
        io.vertx.mqtt.MqttClient.create(vertx, new MqttClientOptions().setClientId("bench"));
    client.publishHandler(message -> readings.read(message.payload().getBytes()));
    client.connect(port, "127.0.0.1").toCompletionStage().toCompletableFuture().join();
    client.subscribe("plant/+/+", qos).toCompletionStage().toCompletableFuture().join();
    return new Receiver() {
      @Override
      public long records() {
        return readings.records;
      }

      @Override
      public double sum() {
        return readings.sum;
      }

      @Override
      public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
      }
    };
  }

  // ------------------------------------------------------------------ Forebay

  private static Receiver forebay(int port, int qos) {
    return new Running(
        MqttSource.builder(
                MqttBroker.at("mqtt://127.0.0.1:" + port).protocol(MqttProtocol.V3_1_1), "bench")
            .topics(List.of("plant/+/+"))
            .qos(qos)
            .build());
  }

  /** Counts records and acknowledges them each millisecond. */
  private static final class Running implements Receiver {
    private final CountingContext context = new CountingContext();
    private final MqttSource source;
    private final Thread thread;
    private final Thread acknowledging;

    Running(MqttSource source) {
      this.source = source;
      thread = Thread.ofVirtual().start(this::receive);
      acknowledging = Thread.ofPlatform().daemon().start(this::acknowledge);
    }

    private void receive() {
      try {
        source.run(context);
      } catch (Exception e) {
        // It was asked to stop.
      }
    }

    private void acknowledge() {
      while (!Thread.interrupted()) {
        context.acknowledge(source);
        LockSupport.parkNanos(1_000_000);
      }
    }

    @Override
    public long records() {
      return context.records();
    }

    @Override
    public double sum() {
      return context.sum();
    }

    @Override
    public void close() {
      thread.interrupt();
      acknowledging.interrupt();
      try {
        thread.join();
        acknowledging.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      source.close();
    }
  }
}
