package io.forebay.connectors.mqtt;

import static org.awaitility.Awaitility.await;

import io.forebay.Position;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** A source that runs as in an engine, with a test in the engine's place. */
final class Receiving implements AutoCloseable {
  final MqttSource source;
  final Taken taken;
  final AtomicReference<Exception> failure = new AtomicReference<>();
  private final Thread thread;

  Receiving(MqttSource source, Taken taken) {
    this.source = source;
    this.taken = taken;
    this.thread =
        Thread.ofVirtual()
            .start(() -> {
              try {
                source.run(taken);
              } catch (InterruptedException e) {
                // It was asked to stop.
              } catch (Exception e) {
                failure.set(e);
              }
            });
  }

  static Receiving connected(MqttSource source, Taken taken) throws InterruptedException {
    Receiving receiving = new Receiving(source, taken);
    if (!taken.connected.await(30, TimeUnit.SECONDS)) {
      throw new AssertionError("not connected: " + taken.states + " " + receiving.failure.get());
    }
    return receiving;
  }

  void awaitEntries(int entries) {
    await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(5))
        .until(() -> taken.entries.size() >= entries);
  }

  void acknowledgeAll() {
    source.acknowledged("", new Position(taken.last(), taken.last()));
  }

  /** Asks it to stop and waits until it has. */
  void stop() throws InterruptedException {
    thread.interrupt();
    if (!thread.join(Duration.ofSeconds(30))) {
      throw new AssertionError("it does not stop");
    }
  }

  void join() throws InterruptedException {
    if (!thread.join(Duration.ofSeconds(30))) {
      throw new AssertionError("it does not end");
    }
  }

  @Override
  public void close() {
    try {
      stop();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    } finally {
      source.close();
    }
  }
}
