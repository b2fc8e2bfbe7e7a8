package io.forebay.servers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialAlteration;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;

/**
 * A listener with TLS that asks for a login, by PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512, and a broker
 * that asks who may do what.
 *
 * @param keyStore the broker's key and certificate, PKCS #12
 * @param certificate the certificate alone, as PEM
 * @param users their passwords by name
 * @param limited those of the users who may do only what they are allowed; the others may do
 *     everything, as may everybody without login
 */
public record KafkaSecurity(
    Path keyStore, Path certificate, Map<String, String> users, Set<String> limited) {
  private static final int ITERATIONS = 4096;
  private static final String STORE_PASSWORD = "changeit";

  public KafkaSecurity {
    users = Map.copyOf(users);
    limited = Set.copyOf(limited);
  }

  /** With a new key and certificate for 127.0.0.1, in {@code folder}. */
  public static KafkaSecurity make(Path folder, Map<String, String> users, Set<String> limited)
      throws IOException, InterruptedException {
    Path store = folder.resolve("broker.p12");
    Path certificate = folder.resolve("broker.pem");
    keytool(
        folder,
        "-genkeypair -alias broker -keyalg EC -dname CN=broker -ext SAN=ip:127.0.0.1 -validity 30"
            + " -storetype PKCS12 -keystore "
            + store);
    keytool(folder, "-exportcert -rfc -alias broker -keystore " + store + " -file " + certificate);
    return new KafkaSecurity(store, certificate, users, limited);
  }

  private static void keytool(Path folder, String arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments.split(" ", -1)));
    command.addAll(List.of("-storepass", STORE_PASSWORD));
    Path log = folder.resolve("keytool.log");
    Process keytool =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    if (keytool.waitFor() != 0) {
      throw new IOException("keytool failed: " + Files.readString(log));
    }
  }

  /** Adds the listener to the properties of a broker. */
  void listen(Properties properties, int port) {
    properties.merge(
        "listeners", "SASL_SSL://127.0.0.1:" + port, (others, own) -> others + "," + own);
    properties.setProperty(
        "listener.security.protocol.map",
        "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL_SSL:SASL_SSL");
    properties.setProperty("ssl.keystore.type", "PKCS12");
    properties.setProperty("ssl.keystore.location", keyStore.toString());
    properties.setProperty("ssl.keystore.password", STORE_PASSWORD);
    properties.setProperty("ssl.key.password", STORE_PASSWORD);
    properties.setProperty(
        "authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
    properties.setProperty(
        "super.users",
        users.keySet().stream()
            .filter(user -> !limited.contains(user))
            .map(user -> ";User:" + user)
            .collect(Collectors.joining("", "User:ANONYMOUS", "")));
    properties.setProperty("sasl.enabled.mechanisms", "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512");
    StringBuilder plain =
        new StringBuilder("org.apache.kafka.common.security.plain.PlainLoginModule required");
    users.forEach((user, password) ->
        plain
            .append(" user_")
            .append(user)
            .append("=\"")
            .append(password.replace("\\", "\\\\").replace("\"", "\\\""))
            .append('"'));
    String listener = "listener.name.sasl_ssl.";
    properties.setProperty(listener + "plain.sasl.jaas.config", plain + ";");
    for (String scram : List.of("scram-sha-256", "scram-sha-512")) {
      properties.setProperty(
          listener + scram + ".sasl.jaas.config",
          "org.apache.kafka.common.security.scram.ScramLoginModule required;");
    }
  }

  /** Makes the users known for SCRAM. */
  void addUsers(Admin admin) throws Exception {
    // A request may change a user once.
    for (ScramMechanism mechanism :
        List.of(ScramMechanism.SCRAM_SHA_256, ScramMechanism.SCRAM_SHA_512)) {
      List<UserScramCredentialAlteration> all = new ArrayList<>();
      users.forEach((user, password) ->
          all.add(
              new UserScramCredentialUpsertion(
                  user, new ScramCredentialInfo(mechanism, ITERATIONS), password)));
      admin.alterUserScramCredentials(all).all().get();
    }
  }

  /** Without the passwords. */
  @Override
  public String toString() {
    return "KafkaSecurity[" + keyStore + ", users=" + users.keySet() + "]";
  }
}
