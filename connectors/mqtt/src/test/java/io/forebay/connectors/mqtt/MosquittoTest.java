package io.forebay.connectors.mqtt;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** Source and sink with Mosquitto, where it is installed. */
final class MosquittoTest extends BrokerContract {
  @TempDir Path folder;

  @Override
  TestBroker broker() throws Exception {
    return TestBroker.mosquitto(folder);
  }
}
