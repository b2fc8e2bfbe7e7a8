package io.forebay.spool;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Cuts off what stands behind the last commit in a sink's spool, newest first. */
final class TailCut {
  private TailCut() {}

  /** Leaves the frames up to {@code last}; 0 leaves none. */
  static void cut(Path directory, long last, SpoolDisk disk) throws IOException {
    List<Path> paths = Segment.list(directory);
    for (Path path : paths.reversed()) {
      Optional<Segment.Opening> opening = Segment.open(path);
      if (opening.isEmpty() || opening.get().segment().first > last) {
        disk.delete(path);
        continue;
      }
      try (FrameReader frames =
              new FrameReader(FileChannel.open(path, Set.of(StandardOpenOption.READ)));
          FileChannel channel = disk.open(path, Set.of(StandardOpenOption.WRITE))) {
        long size = Files.size(path);
        long position = opening.get().segment().begin;
        while (frames.read(position, size) || frames.find(position + 1, size, 0) >= 0) {
          position = frames.end();
          if (frames.sequence() >= last) {
            break;
          }
        }
        channel.truncate(position);
        channel.force(true);
      }
      break;
    }
    if (last == 0) {
      disk.delete(directory.resolve("cursor")); // Behind the segments, which it speaks of.
    }
    if (!paths.isEmpty()) {
      disk.forceDirectory(directory);
    }
  }
}
