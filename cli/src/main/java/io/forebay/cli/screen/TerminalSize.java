package io.forebay.cli.screen;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Locale;

/**
 * How large the terminal is, as {@code stty size} tells. Not asked of JLine, which takes a terminal
 * for one only if the standard input is, too.
 */
public record TerminalSize(int columns, int rows) {
  /** Of a terminal that does not tell. */
  static final TerminalSize USUAL = new TerminalSize(80, 24);

  private static final long LINUX_TIOCGWINSZ = 0x5413;
  private static final long BSD_TIOCGWINSZ = 0x40087468;
  private static final int STRUCT_BYTES = 8;

  /** That of the standard error. */
  public static TerminalSize ofStandardError() {
    boolean linux = System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("linux");
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment size = arena.allocate(STRUCT_BYTES, Short.BYTES);
      if ((int) Ioctl.HANDLE.invokeExact(2, linux ? LINUX_TIOCGWINSZ : BSD_TIOCGWINSZ, size) != 0) {
        return USUAL;
      }
      int rows = size.get(ValueLayout.JAVA_SHORT, 0) & 0xFFFF;
      int columns = size.get(ValueLayout.JAVA_SHORT, Short.BYTES) & 0xFFFF;
      return rows == 0 || columns == 0 ? USUAL : new TerminalSize(columns, rows);
    } catch (Throwable e) { // no such call here: a size is guessed
      return USUAL;
    }
  }

  private static final class Ioctl {
    @SuppressWarnings("restricted") // declared as the C library does
    static final MethodHandle HANDLE =
        Linker.nativeLinker()
            .downcallHandle(
                Linker.nativeLinker().defaultLookup().findOrThrow("ioctl"),
                FunctionDescriptor.of(
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.ADDRESS),
                Linker.Option.firstVariadicArg(2));
  }
}
