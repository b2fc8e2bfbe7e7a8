package io.forebay.connectors.mqtt;

/** Source and sink with the broker that tests bring along. */
final class EmbeddedBrokerTest extends BrokerContract {
  @Override
  TestBroker broker() {
    return TestBroker.embedded();
  }
}
