package io.forebay.servers;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/** A real broker in this process, on 127.0.0.1, which can be stopped and started on its data. */
public final class KafkaBroker implements AutoCloseable {
  private static final int ASKING = 10_000;

  /** A broker in a test says thousands of lines; kept here so that it stays quiet. */
  private static final List<Logger> LOGGERS =
      Stream.of("kafka", "org.apache.kafka", "state.change.logger").map(Logger::getLogger).toList();

  static {
    LOGGERS.forEach(logger -> logger.setLevel(Level.OFF));
  }

  private final Path data;
  private final int port;
  private final int controller;
  private final int securePort;
  private final Optional<KafkaSecurity> security;
  private KafkaRaftServer server;

  /** Starts a broker with its data in {@code data}. */
  public KafkaBroker(Path data) throws Exception {
    this(data, Optional.empty());
  }

  /** Starts a broker that also listens with TLS and login, at {@link #secureAddress}. */
  public KafkaBroker(Path data, KafkaSecurity security) throws Exception {
    this(data, Optional.of(security));
  }

  private KafkaBroker(Path data, Optional<KafkaSecurity> security) throws Exception {
    this.data = Files.createDirectories(data);
    this.security = security;
    try (ServerSocket one = socket();
        ServerSocket two = socket();
        ServerSocket three = socket()) {
      port = one.getLocalPort();
      controller = two.getLocalPort();
      securePort = three.getLocalPort();
    }
    new Formatter()
        .setPrintStream(new PrintStream(new ByteArrayOutputStream(), false, StandardCharsets.UTF_8))
        .setClusterId(Uuid.randomUuid().toString())
        .setNodeId(1)
        .setControllerListenerName("CONTROLLER")
        .setMetadataLogDirectory(data.toString())
        .addDirectory(data.toString())
        .setReleaseVersion(MetadataVersion.latestProduction())
        .run();
    start();
    if (security.isPresent()) {
      try (Admin admin = Admin.create(properties())) {
        security.get().addUsers(admin);
      } catch (Exception e) {
        stop();
        throw e;
      }
    }
  }

  private static ServerSocket socket() throws IOException {
    return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  }

  /** Starts it again after {@link #stop}. */
  public void start() {
    Properties properties = new Properties();
    properties.setProperty("process.roles", "broker,controller");
    properties.setProperty("node.id", "1");
    properties.setProperty("controller.quorum.voters", "1@127.0.0.1:" + controller);
    properties.setProperty(
        "listeners", "PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controller);
    properties.setProperty("controller.listener.names", "CONTROLLER");
    properties.setProperty("inter.broker.listener.name", "PLAINTEXT");
    properties.setProperty("log.dirs", data.toString());
    properties.setProperty("num.partitions", "1");
    properties.setProperty("auto.create.topics.enable", "false");
    properties.setProperty("offsets.topic.replication.factor", "1");
    properties.setProperty("offsets.topic.num.partitions", "1");
    properties.setProperty("transaction.state.log.replication.factor", "1");
    properties.setProperty("transaction.state.log.num.partitions", "1");
    properties.setProperty("transaction.state.log.min.isr", "1");
    properties.setProperty("share.coordinator.state.topic.replication.factor", "1");
    properties.setProperty("share.coordinator.state.topic.min.isr", "1");
    properties.setProperty("group.initial.rebalance.delay.ms", "0");
    properties.setProperty("log.cleaner.dedupe.buffer.size", "2000000");
    security.ifPresent(login -> login.listen(properties, securePort));
    server = new KafkaRaftServer(KafkaConfig.fromProps(properties, false), Time.SYSTEM);
    server.startup();
  }

  /** Stops it; its data stays. */
  public void stop() {
    server.shutdown();
    server.awaitShutdown();
  }

  /** {@code host:port}. */
  public String address() {
    return "127.0.0.1:" + port;
  }

  /** {@code host:port} where TLS and a login are asked for. */
  public String secureAddress() {
    return "127.0.0.1:" + securePort;
  }

  private Map<String, Object> properties() {
    return new HashMap<>(Map.of("bootstrap.servers", address()));
  }

  /** Makes a topic. */
  public void create(String topic, int partitions) throws Exception {
    try (Admin admin = Admin.create(properties())) {
      admin
          .createTopics(List.of(new NewTopic(topic, Optional.of(partitions), Optional.empty())))
          .all()
          .get();
    }
  }

  /** Changes a setting of a topic. */
  public void set(String topic, String key, String value) throws Exception {
    try (Admin admin = Admin.create(properties())) {
      admin
          .incrementalAlterConfigs(
              Map.of(
                  new ConfigResource(ConfigResource.Type.TOPIC, topic),
                  List.of(
                      new AlterConfigOp(new ConfigEntry(key, value), AlterConfigOp.OpType.SET))))
          .all()
          .get();
    }
  }

  /** Allows a user to do something with a topic, a group or a transactional id. */
  public void allow(String user, ResourceType kind, String name, AclOperation... operations)
      throws Exception {
    List<AclBinding> rights = new ArrayList<>();
    for (AclOperation operation : operations) {
      rights.add(
          new AclBinding(
              new ResourcePattern(kind, name, PatternType.LITERAL),
              new AccessControlEntry("User:" + user, "*", operation, AclPermissionType.ALLOW)));
    }
    try (Admin admin = Admin.create(properties())) {
      admin.createAcls(rights).all().get();
      // The controller knows them; the broker hears of them a little later.
      for (int i = 0;
          !admin.describeAcls(AclBindingFilter.ANY).values().get().containsAll(rights); ) {
        if (++i == ASKING) {
          throw new IllegalStateException("the broker does not hear of " + rights);
        }
      }
    }
  }

  /** What the group has committed. */
  public Map<TopicPartition, OffsetAndMetadata> committed(String group) throws Exception {
    try (Admin admin = Admin.create(properties())) {
      return admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
    }
  }

  /** Sends messages and waits until they are there. */
  public void send(List<ProducerRecord<byte[], byte[]>> messages) {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(properties(), new ByteArraySerializer(), new ByteArraySerializer())) {
      for (ProducerRecord<byte[], byte[]> message : messages) {
        var _ = producer.send(message);
      }
      producer.flush();
    }
  }

  /** Sends texts to a partition. */
  public void send(String topic, int partition, List<String> values) {
    send(
        values.stream()
            .map(value ->
                new ProducerRecord<byte[], byte[]>(
                    topic, partition, null, value.getBytes(StandardCharsets.UTF_8)))
            .toList());
  }

  /** All committed messages of the topic, partition by partition. */
  public List<ConsumerRecord<byte[], byte[]>> read(String topic) {
    Map<String, Object> reading = properties();
    reading.put("isolation.level", "read_committed");
    reading.put("max.poll.records", 100_000);
    // A fetch behind the end is answered before the client is closed.
    reading.put("fetch.max.wait.ms", 20);
    List<ConsumerRecord<byte[], byte[]>> all = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(reading, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      for (PartitionInfo info : consumer.partitionsFor(topic)) {
        TopicPartition partition = new TopicPartition(topic, info.partition());
        consumer.assign(List.of(partition));
        consumer.seekToBeginning(List.of(partition));
        long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
        while (consumer.position(partition) < end) {
          consumer.poll(Duration.ofSeconds(1)).forEach(all::add);
        }
      }
    }
    return all;
  }

  /** The values of all committed messages of the topic. */
  public List<String> values(String topic) {
    return read(topic).stream()
        .map(message -> new String(message.value(), StandardCharsets.UTF_8))
        .toList();
  }

  @Override
  public void close() {
    stop();
  }
}
