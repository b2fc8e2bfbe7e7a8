package io.forebay.workers.internal.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What killed engines leave in the temporary folder. */
@EnabledOnOs(OS.LINUX)
final class SocketFolderTest {
  @TempDir private Path temporary;

  @Test
  void removes_the_folders_of_engines_that_are_gone_and_no_others() throws Exception {
    Path mine = SocketFolder.create();
    try {
      String name = mine.getFileName().toString();
      String pid = "-" + ProcessHandle.current().pid() + "-";
      assertThat(name).contains(pid);
      Process gone = new ProcessBuilder("true").start();
      gone.waitFor();
      Path left =
          Files.createDirectory(temporary.resolve(name.replace(pid, "-" + gone.pid() + "-")));
      Files.createFile(left.resolve(SocketFolder.SOCKET));
      Path living = Files.createDirectory(temporary.resolve(name));
      Path elsewhere = Files.createDirectory(temporary.resolve("forebay-1-" + gone.pid() + "-x"));
      Path old = Files.createDirectory(temporary.resolve("forebay-1-" + gone.pid() + "-y"));
      Files.setLastModifiedTime(old, FileTime.from(Instant.now().minusSeconds(3_600)));
      Path foreign = Files.createDirectory(temporary.resolve("forebay-notes"));
      SocketFolder.sweep(temporary, Instant.now());
      assertThat(left).doesNotExist();
      assertThat(old).doesNotExist();
      assertThat(living).exists();
      assertThat(elsewhere).as("of another container, and young").exists();
      assertThat(foreign).exists();
    } finally {
      SocketFolder.remove(mine);
    }
  }
}
