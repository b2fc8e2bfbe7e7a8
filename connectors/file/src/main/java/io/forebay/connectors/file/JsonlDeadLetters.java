package io.forebay.connectors.file;

import io.forebay.Claim;
import io.forebay.DeadLetters;
import io.forebay.Numbering;
import io.forebay.Progress;
import io.forebay.Rejection;
import io.forebay.SinkContext;
import io.forebay.formats.RejectionText;
import io.forebay.formats.api.Bytes;
import io.forebay.formats.api.JsonText;
import io.forebay.formats.api.NonFinite;
import java.io.IOException;
import java.io.OutputStream;
import java.time.InstantSource;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Writes rejected records as JSON Lines into a file that only its owner may read. Keeps its
 * progress in {@code <path>.progress}.
 */
public final class JsonlDeadLetters implements DeadLetters {
  private static final DateTimeFormatter TIME =
      new DateTimeFormatterBuilder().appendInstant(3).toFormatter(Locale.ROOT);

  private final OutputFile file;
  private final RejectionText letters;

  private String pipelineFile = "";
  private String identity = "";
  private UnaryOperator<String> hide = UnaryOperator.identity();
  private InstantSource clock = InstantSource.system();
  private final Map<String, Numbering> numberings = new HashMap<>();

  private JsonlDeadLetters(OutputFile file) {
    this.file = file;
    this.letters = new RejectionText(text -> hide.apply(text), () -> new NonFinite(file.name()));
  }

  /**
   * Says in each letter which pipeline made it, and from which file, for {@code forebay replay}.
   */
  public JsonlDeadLetters madeBy(String path) {
    pipelineFile = path;
    return this;
  }

  /** Takes the time that letters are written at from this clock. */
  public JsonlDeadLetters clock(InstantSource time) {
    clock = time;
    return this;
  }

  @Override
  public void source(String name, Numbering numbering) {
    numberings.put(name, numbering);
  }

  /**
   * Takes secrets out of reasons and details, which may hold the text of any exception. Records
   * stay as they are.
   */
  public JsonlDeadLetters hiding(UnaryOperator<String> secrets) {
    hide = secrets;
    return this;
  }

  /** Writes to {@code path}; {@code -} is the standard output, which keeps no progress. */
  public static JsonlDeadLetters to(String path) {
    return new JsonlDeadLetters(OutputFile.of(path, OutputFile.Access.OWNER_ONLY));
  }

  /** Writes to {@code stream}, which keeps no progress and is not closed. */
  public static JsonlDeadLetters to(OutputStream stream) {
    return new JsonlDeadLetters(OutputFile.of(stream));
  }

  @Override
  public List<Claim> claims() {
    return file.claims();
  }

  @Override
  public Optional<Progress> recover() throws IOException {
    return file.recover();
  }

  @Override
  public void open(SinkContext context) throws IOException {
    identity = context.pipeline();
    file.open(context);
  }

  @Override
  public void write(Rejection rejection) throws IOException {
    Bytes out = file.buffer();
    letters.put(
        rejection,
        numberings.getOrDefault(rejection.source(), Numbering.SEQUENCE),
        TIME.format(clock.instant()),
        out);
    if (!pipelineFile.isEmpty()) {
      put(out, ",\"pipeline\":", pipelineFile);
      put(out, ",\"identity\":", identity);
    }
    out.put('}');
    out.put('\n');
    file.writeIfFull();
  }

  private static void put(Bytes out, String name, String value) {
    out.putAscii(name);
    JsonText.put(out, value);
  }

  @Override
  public void commit(Progress progress) throws IOException {
    file.commit(progress);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
