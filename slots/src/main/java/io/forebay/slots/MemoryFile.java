package io.forebay.slots;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** A file without a name in memory (Linux), or a temporary file, that processes share. */
interface MemoryFile extends AutoCloseable {
  /** Where this process and others of the same user open it. */
  Path path();

  @Override
  void close();

  /** Makes one of {@code bytes} zeros that can be neither shrunk nor grown, where that exists. */
  static MemoryFile create(long bytes) throws IOException {
    return System.getProperty("os.name", "").equals("Linux")
        ? Sealed.create(bytes)
        : Temporary.create(bytes);
  }

  /** A Linux memfd: sealed, so that no process can take mapped pages away from another. */
  final class Sealed implements MemoryFile {
    private static final int MFD_CLOEXEC = 1;
    private static final int MFD_ALLOW_SEALING = 2;
    private static final int F_ADD_SEALS = 1033;
    private static final int SEAL_SEAL_SHRINK_GROW = 1 | 2 | 4;

    private static final StructLayout ERRNO = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO_VALUE =
        ERRNO.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private final int descriptor;
    private final Path path;

    private Sealed(int descriptor) {
      this.descriptor = descriptor;
      this.path = Path.of("/proc/" + ProcessHandle.current().pid() + "/fd/" + descriptor);
    }

    static Sealed create(long bytes) throws IOException {
      int descriptor;
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment name = arena.allocateFrom("forebay");
        descriptor =
            call(
                "memfd_create",
                FunctionDescriptor.of(
                    ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
                false,
                name,
                MFD_CLOEXEC | MFD_ALLOW_SEALING);
      }
      Sealed file = new Sealed(descriptor);
      try {
        call(
            "ftruncate",
            FunctionDescriptor.of(
                ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG),
            false,
            descriptor,
            bytes);
        call(
            "fcntl",
            FunctionDescriptor.of(
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT),
            true,
            descriptor,
            F_ADD_SEALS,
            SEAL_SEAL_SHRINK_GROW);
        return file;
      } catch (IOException | RuntimeException e) {
        file.close();
        throw e;
      }
    }

    @Override
    public Path path() {
      return path;
    }

    @Override
    public void close() {
      try {
        call(
            "close",
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT),
            false,
            descriptor);
      } catch (IOException e) {
        // The descriptor is gone in any case.
      }
    }

    /** Calls a function of the C library that returns -1 and sets errno when it fails. */
    @SuppressWarnings("restricted") // the functions are called as the C library declares them
    private static int call(
        String function, FunctionDescriptor type, boolean variadic, Object... arguments)
        throws IOException {
      Linker linker = Linker.nativeLinker();
      Linker.Option errno = Linker.Option.captureCallState("errno");
      MethodHandle handle =
          linker.downcallHandle(
              linker.defaultLookup().findOrThrow(function),
              type,
              variadic
                  ? new Linker.Option[] {errno, Linker.Option.firstVariadicArg(2)}
                  : new Linker.Option[] {errno});
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment state = arena.allocate(ERRNO);
        Object[] all = new Object[arguments.length + 1];
        all[0] = state;
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        int result = (int) handle.invokeWithArguments(all);
        if (result < 0) {
          throw new IOException(
              "cannot make the shared memory of the slots: "
                  + function
                  + " failed with errno "
                  + (int) ERRNO_VALUE.get(state, 0L));
        }
        return result;
      } catch (IOException | RuntimeException | Error e) {
        throw e;
      } catch (Throwable e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** A temporary file that only its owner can open. */
  record Temporary(Path path) implements MemoryFile {
    static Temporary create(long bytes) throws IOException {
      Path path =
          Files.createTempFile(
              "forebay-",
              ".slots",
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Temporary file = new Temporary(path);
      try (FileChannel channel =
          FileChannel.open(path, Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE))) {
        channel.write(ByteBuffer.allocate(1), bytes - 1);
        return file;
      } catch (IOException | RuntimeException e) {
        file.close();
        throw e;
      }
    }

    @Override
    public void close() {
      try {
        Files.deleteIfExists(path);
      } catch (IOException e) {
        path.toFile().deleteOnExit();
      }
    }
  }
}
