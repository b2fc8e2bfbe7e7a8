package io.forebay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.forebay.Rejection.Text;
import org.junit.jupiter.api.Test;

class RejectedTextTest {
  private static Text of(String text, int most) {
    byte[] utf8 = ("<<" + text + ">>").getBytes(UTF_8);
    return Text.of(utf8, 2, utf8.length - 2, most);
  }

  @Test
  void keeps_the_whole_record_when_it_is_within_the_limit() {
    String record = "x".repeat(Text.MOST_BYTES);
    assertThat(Text.of(record)).isEqualTo(new Text(record, 0));
    assertThat(Text.of(record.getBytes(UTF_8), 0, record.length())).isEqualTo(new Text(record, 0));
    assertThat(of("", 0)).isEqualTo(Text.NONE);
  }

  @Test
  void counts_what_it_cuts_when_the_record_is_larger() {
    assertThat(Text.of("x".repeat(Text.MOST_BYTES + 7)).cutBytes()).isEqualTo(7);
    assertThat(of("abcdef", 4)).isEqualTo(new Text("abcd", 2));
    assertThat(of("abcdef", 4).atMost(1)).isEqualTo(new Text("a", 5));
    assertThat(of("abcdef", 4).atMost(4)).isEqualTo(new Text("abcd", 2));
    assertThat(of("abcdef", 4).atMost(0).followedBy(10)).isEqualTo(new Text("", 16));
  }

  @Test
  void cuts_no_character_in_two() {
    assertThat(of("aé€𝄞", 1)).isEqualTo(new Text("a", 9));
    assertThat(of("aé€𝄞", 2)).isEqualTo(new Text("a", 9));
    assertThat(of("aé€𝄞", 5)).isEqualTo(new Text("aé", 7));
    assertThat(of("aé€𝄞", 9)).isEqualTo(new Text("aé€", 4));
    assertThat(of("aé€𝄞", 10)).isEqualTo(new Text("aé€𝄞", 0));
    assertThat(Text.of("€€€").atMost(7)).isEqualTo(new Text("€€", 3));
  }
}
