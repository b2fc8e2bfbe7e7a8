package io.forebay.connectors.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.forebay.errors.ConfigurationException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is taken for a file of dead letters, and what is said of everything else. */
final class DeadLetterFileTest {
  @TempDir private Path folder;

  private static String letter(String pipeline, String identity) {
    return ("{\"source\":\"in\",\"line\":1,\"stage\":\"\",\"reason\":\"r\",\"text\":\"x\","
            + "\"pipeline\":\"%s\",\"identity\":\"%s\"}")
        .formatted(pipeline, identity);
  }

  private DeadLetterFile.Contents read(String text) throws Exception {
    return DeadLetterFile.read(Files.writeString(folder.resolve("letters"), text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "\r\n \n"})
  void holds_no_letters_when_it_is_empty(String text) throws Exception {
    assertThat(read(text).isEmpty()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"id\":1,\"value\":20.5}\n",
        "{\"source\":\"web\",\"text\":\"what people write\"}\n",
        "{\"source\":\"in\",\"reason\":\"r\"}\n",
        "id,value\n1,20.5\n",
        "PAR1\u0015\u0004 and so on",
        "[]\n",
        "null",
        "name: plant\n",
        "{\"source\":\"in\",\"reason\":\"r\",\"text\":\"cut",
        "{\"source\":7,\"reason\":\"r\",\"record\":{}} {}\n",
        "{\"source\":\"a\",\"source\":\"b\",\"reason\":\"r\",\"record\":{}}\n",
        "\u0000\u0000\u0000\u0000"
      })
  void refuses_a_file_of_other_things(String text) {
    assertThatThrownBy(() -> read(text))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("line 1 of '")
        .hasMessageContaining("is no dead letter")
        .hasMessageContaining("nothing was sent");
  }

  @Test
  void refuses_compressed_letters() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(letter("p", "i").getBytes(StandardCharsets.UTF_8));
    }
    Path file = Files.write(folder.resolve("letters.gz"), bytes.toByteArray());

    assertThatThrownBy(() -> DeadLetterFile.read(file)).hasMessageContaining("is no dead letter");
  }

  @Test
  void names_the_line_that_is_no_letter_among_letters() {
    String good = letter("p", "i") + "\n";

    assertThatThrownBy(() -> read(good + good + "oops\n" + good))
        .hasMessageContaining("line 3 of '")
        .hasMessageContaining("mend that line or take it out");
    assertThatThrownBy(() -> read(good + "oops\n")).hasMessageContaining("line 2 of '");
  }

  @Test
  void leaves_out_a_last_line_that_is_cut() throws Exception {
    String good = letter("p", "i");
    for (int cut = 1; cut < good.length(); cut++) {
      DeadLetterFile.Contents contents = read(good + "\n" + good.substring(0, cut));

      assertThat(contents.count(Set.of("p"))).as("cut at %d", cut).isEqualTo(1);
      assertThat(contents.cutLine()).as("cut at %d", cut).hasValue(2);
    }
    assertThat(read(good + "\n" + good).count(Set.of("p"))).as("no line end").isEqualTo(2);
  }

  @Test
  void reads_what_an_editor_has_saved() throws Exception {
    DeadLetterFile.Contents contents =
        read("\uFEFF" + letter("p", "i") + "\r\n\r\n" + letter("p", "i") + "\r\n");

    assertThat(contents.count(Set.of("p"))).isEqualTo(2);
  }

  @Test
  void tells_the_letters_of_several_pipelines_apart() throws Exception {
    DeadLetterFile.Contents contents =
        read(String.join("\n", letter("a", "1"), letter("b", "2"), letter("a", "3")));

    assertThat(contents.pipelineFiles()).containsExactly("a", "b");
    assertThat(contents.identities(Set.of("a"))).containsExactlyInAnyOrder("1", "3");
    assertThat(contents.count(Set.of("a"))).isEqualTo(2);
  }

  @Test
  void refuses_what_is_no_regular_file_at_once() throws Exception {
    Path fifo = folder.resolve("fifo");
    assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor()).isZero();
    for (Path file : List.of(fifo, Path.of("/dev/zero"), folder, folder.resolve("not-there"))) {
      assertTimeoutPreemptively(
          Duration.ofSeconds(5),
          () ->
              assertThatThrownBy(() -> DeadLetterFile.read(file))
                  .isInstanceOf(ConfigurationException.class)
                  .hasMessageContaining("'" + file + "'"));
    }
  }
}
