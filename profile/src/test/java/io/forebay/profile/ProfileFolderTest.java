package io.forebay.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.forebay.errors.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ProfileFolderTest {
  @TempDir private Path folder;

  @Test
  void earlier_profile_gives_way() throws IOException {
    Files.writeString(folder.resolve("index.html"), "");
    Files.writeString(folder.resolve("3-old stage.html"), "");
    new ProfileFolder(folder).prepare();
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void folder_with_something_else_is_refused_and_left_alone() throws IOException {
    Files.writeString(folder.resolve("index.html"), "mine");
    Files.writeString(folder.resolve("holidays.jpg"), "");
    assertThatThrownBy(() -> new ProfileFolder(folder).prepare())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("it holds 'holidays.jpg'")
        .hasMessageContaining("nothing was started");
    assertThat(folder.resolve("index.html")).hasContent("mine");
  }

  @Test
  void file_in_its_place_is_refused() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");
    assertThatThrownBy(() -> new ProfileFolder(file).prepare())
        .hasMessageContaining("it is no folder: name one");
    assertThatThrownBy(() -> new ProfileFolder(file.resolve("below")).prepare())
        .hasMessageContaining("nothing was started");
  }

  @Test
  void pages_of_odd_names_stay_apart() {
    assertThat(ProfileFolder.page(0, "a b")).isEqualTo("1-a_b.html");
    assertThat(ProfileFolder.page(1, "a?b")).isEqualTo("2-a_b.html");
    assertThat(ProfileFolder.page(2, "x".repeat(400))).hasSizeLessThan(100);
  }
}
