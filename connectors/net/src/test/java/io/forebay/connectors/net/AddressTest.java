package io.forebay.connectors.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.errors.ConfigurationException;
import io.forebay.formats.api.MessageFormat;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class AddressTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "9000, 127.0.0.1:9000",
    "127.0.0.1:0, 127.0.0.1:0",
    "localhost:80, localhost:80",
    "'[::1]:8086', '[::1]:8086'",
    "0.0.0.0:1, 0.0.0.0:1"
  })
  void reads_addresses(String text, String expected) {
    assertThat(ListenAddress.parse(text)).hasToString(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "host", "host:", ":80", "host:80:90", "::1:80", "host:99999", "a b:80"})
  void refuses_what_is_no_address(String text) {
    assertThatThrownBy(() -> ListenAddress.parse(text))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageMatching("(?s).*(write host:port, as 127.0.0.1:8086|use 1 to 65535)");
  }

  @Test
  void refuses_an_address_that_others_reach_unless_protected() throws Exception {
    ServerTls tls =
        new ServerTls(
            Files.writeString(folder.resolve("c.pem"), ""),
            Files.writeString(folder.resolve("k.pem"), ""),
            Optional.empty());
    ServerTls mutual = new ServerTls(tls.certificate(), tls.key(), Optional.of(tls.certificate()));
    Optional<AccessToken> token = Optional.of(AccessToken.of("a long secret"));
    ListenAddress open = new ListenAddress("0.0.0.0", 9000);
    for (Access refused :
        List.of(
            Access.OPEN,
            new Access(Optional.of(tls), Optional.empty()),
            new Access(Optional.empty(), token))) {
      assertThatThrownBy(() -> refused.check("the source 'a'", open))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageMatching(
              "the source 'a' would listen on 0.0.0.0:9000, which other machines reach, without"
                  + " (TLS|a token|TLS and a token): add what is missing, or listen on 127.0.0.1");
      refused.check("the source 'a'", new ListenAddress("127.0.0.1", 9000));
    }
    new Access(Optional.of(tls), token).check("the source 'a'", open);
    new Access(Optional.of(mutual), Optional.empty()).check("the source 'a'", open);
  }

  @Test
  void refuses_udp_from_other_machines() {
    NetSettings settings =
        NetSettings.of(new ListenAddress("0.0.0.0", 0), MessageFormat.NDJSON, Fields.READING);
    assertThatThrownBy(() -> new UdpSource(settings))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("UDP has neither TLS nor tokens");
  }

  @Test
  void compares_tokens_and_hides_them() {
    AccessToken token = AccessToken.of("correct horse");
    assertThat(token.matches("correct horse")).isTrue();
    assertThat(token.matches("correct horsf")).isFalse();
    assertThat(token.matches("")).isFalse();
    assertThat(token.toString()).doesNotContain("correct");
    assertThatThrownBy(() -> AccessToken.of("short")).isInstanceOf(ConfigurationException.class);
  }

  @Test
  void counts_what_the_kernel_dropped_on_a_port() {
    List<String> lines =
        List.of(
            "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid"
                + "  timeout inode ref pointer drops",
            "  512: 0100007F:2328 00000000:0000 07 00000000:00000000 00:00000000 00000000     0"
                + "        0 5011 2 0000000000000000 17",
            "  513: 0100007F:2329 00000000:0000 07 00000000:00000000 00:00000000 00000000     0"
                + "        0 5012 2 0000000000000000 4");
    assertThat(KernelDrops.count(lines, 9000)).isEqualTo(17);
    assertThat(KernelDrops.count(lines, 9001)).isEqualTo(4);
    assertThat(KernelDrops.count(lines, 9002)).isZero();
  }
}
