package io.forebay.servers;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialAlteration;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;

/**
 * A listener with TLS that asks for a login, by PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512.
 *
 * @param keyStore the broker's key and certificate, PKCS #12
 * @param keyStorePassword of the store and of the key in it
 * @param users their passwords by name
 */
public record KafkaSecurity(Path keyStore, String keyStorePassword, Map<String, String> users) {
  private static final int ITERATIONS = 4096;

  public KafkaSecurity {
    users = Map.copyOf(users);
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
    properties.setProperty("ssl.keystore.password", keyStorePassword);
    properties.setProperty("ssl.key.password", keyStorePassword);
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
