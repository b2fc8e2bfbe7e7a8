package io.forebay.connectors.mqtt;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.forebay.mqttbroker.EmbeddedBroker;
import io.forebay.servers.MosquittoBroker;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** A broker that can be stopped and started and keeps sessions meanwhile. */
interface TestBroker extends AutoCloseable {
  int port();

  void stop() throws Exception;

  void start() throws Exception;

  @Override
  void close();

  /** The broker that tests bring along. */
  static TestBroker embedded() {
    EmbeddedBroker broker = EmbeddedBroker.open();
    return new TestBroker() {
      @Override
      public int port() {
        return broker.port();
      }

      @Override
      public void stop() {
        broker.stop();
      }

      @Override
      public void start() {
        broker.start();
      }

      @Override
      public void close() {
        broker.close();
      }
    };
  }

  /** Mosquitto, where it is installed; else the test is skipped. */
  static TestBroker mosquitto(Path folder) throws Exception {
    Optional<Path> program = MosquittoBroker.program();
    assumeTrue(
        program.isPresent(),
        "mosquitto is not installed: apt-get install mosquitto runs this test");
    MosquittoBroker broker = new MosquittoBroker(program.get(), folder);
    broker.start();
    return new TestBroker() {
      @Override
      public int port() {
        return broker.port();
      }

      @Override
      public void stop() throws InterruptedException {
        broker.stop();
      }

      @Override
      public void start() throws IOException, InterruptedException {
        broker.start();
      }

      @Override
      public void close() {
        broker.close();
      }
    };
  }
}
