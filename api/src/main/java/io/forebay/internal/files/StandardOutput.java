package io.forebay.internal.files;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.util.function.UnaryOperator;

/**
 * The standard output of the process, for records. It may be the terminal on which a command shows
 * how it gets on: whoever owns that terminal lets records through ({@link #through}), so that one
 * does not write over the other. A process has one, so this is static; any thread may call.
 */
public final class StandardOutput {
  private static volatile UnaryOperator<OutputStream> owner = UnaryOperator.identity();

  private StandardOutput() {}

  /** The stream to write to; each call is to write whole lines where it can. */
  public static OutputStream open() {
    return owner.apply(new FileOutputStream(FileDescriptor.out));
  }

  /** From now on what is written goes through this. */
  public static void through(UnaryOperator<OutputStream> ofOwner) {
    owner = ofOwner;
  }
}
