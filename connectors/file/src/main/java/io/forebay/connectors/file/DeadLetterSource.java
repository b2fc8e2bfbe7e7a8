package io.forebay.connectors.file;

import io.forebay.Claim;
import io.forebay.Numbering;
import io.forebay.Position;
import io.forebay.RecordWriter;
import io.forebay.Rejection;
import io.forebay.Schema;
import io.forebay.Source;
import io.forebay.SourceContext;
import io.forebay.connectors.file.DeadLetterFile.DeadLetter;
import io.forebay.connectors.file.DeadLetterFile.From;
import io.forebay.formats.MessageFormats;
import io.forebay.formats.api.FormatLimits;
import io.forebay.formats.api.MessageDecoder;
import io.forebay.formats.api.MessageFormat;
import io.forebay.formats.api.MessageRecords;
import java.io.BufferedInputStream;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;

/**
 * Reads the dead letters of one source again, from a file that {@link JsonlDeadLetters} wrote: a
 * record as it came to the stage that rejected it, without the columns that stages write; a text
 * that could not be read, in the format of its source. A letter that is still no record of these
 * fields is rejected again. Sequences are line numbers in that file.
 */
public final class DeadLetterSource implements Source {
  private final Path file;
  private final Set<String> pipelineFiles;
  private final From from;
  private final Schema fields;
  private final Texts texts;

  /** How texts are read that could not be read. */
  public interface Texts {
    /**
     * Makes a decoder.
     *
     * @param text the text, for sources whose records come in several formats
     * @param whole whether it is known to be the whole record
     * @param replacedColumns see {@link SourceContext#replacedColumns}
     */
    MessageDecoder decoder(byte[] text, boolean whole, Schema fields, Set<String> replacedColumns);
  }

  /**
   * @param pipelineFiles only letters that name one of these are read
   * @param from whose dead letters are read; those of others are passed over
   * @param fields what its records look like
   * @param texts how its records are written
   */
  public DeadLetterSource(
      Path file, Set<String> pipelineFiles, From from, Schema fields, Texts texts) {
    DeadLetterFile.requireRegular(file);
    this.file = file;
    this.pipelineFiles = Set.copyOf(pipelineFiles);
    this.from = from;
    this.fields = fields;
    this.texts = texts;
  }

  @Override
  public Schema schema() {
    return fields;
  }

  @Override
  public Numbering numbering() {
    return Numbering.LINE;
  }

  @Override
  public boolean repeatable() {
    return true;
  }

  @Override
  public boolean carriesExtras() {
    return true;
  }

  @Override
  public List<Claim> claims() {
    return List.of(Claim.reads(file));
  }

  @Override
  public void run(SourceContext context) throws Exception {
    RecordWriter writer = context.partition("");
    Position start = context.resumeFrom("");
    MessageDecoder records =
        MessageFormats.decoder(
            MessageFormat.JSON, fields, FormatLimits.DEFAULT, context.replacedColumns());
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      channel.position(start.offset());
      InputStream in = new BufferedInputStream(Channels.newInputStream(channel), 1 << 16);
      DeadLetterFile.Line line = new DeadLetterFile.Line();
      long number = start.sequence();
      long offset = start.offset();
      while (line.read(in)) {
        number++;
        offset += line.taken();
        DeadLetter deadLetter = DeadLetterFile.parse(line.bytes());
        if (deadLetter != null
            && deadLetter.from().equals(from)
            && pipelineFiles.contains(deadLetter.pipelineFile())) {
          byte[] content = deadLetter.content();
          if (deadLetter.isText() && deadLetter.cutBytes() > 0) {
            writer.reject(
                number, offset, cut(deadLetter), all(content).followedBy(deadLetter.cutBytes()));
            continue;
          }
          MessageDecoder decoder =
              deadLetter.isText()
                  ? texts.decoder(
                      content, deadLetter.cutBytes() == 0, fields, context.replacedColumns())
                  : records;
          append(content, decoder, writer, number, offset);
        }
      }
    }
  }

  private static Rejection.Text all(byte[] bytes) {
    return Rejection.Text.of(bytes, 0, bytes.length);
  }

  private static String cut(DeadLetter deadLetter) {
    return "the dead letter has only the first "
        + deadLetter.content().length
        + " bytes of the record, "
        + deadLetter.cutBytes()
        + " more were cut off: give it the whole text and cutBytes 0, or its record";
  }

  /** One letter is one record: what else its text holds is rejected with it. */
  private static void append(
      byte[] content, MessageDecoder decoder, RecordWriter writer, long sequence, long offset)
      throws InterruptedException {
    One one = new One(writer, sequence, offset);
    decoder.decode(content, 0, content.length, one);
    if (!one.done) {
      writer.reject(sequence, offset, "the dead letter holds no record", all(content));
    }
  }

  private static final class One implements MessageRecords {
    private final RecordWriter writer;
    private final long sequence;
    private final long offset;
    private boolean done;

    One(RecordWriter writer, long sequence, long offset) {
      this.writer = writer;
      this.sequence = sequence;
      this.offset = offset;
    }

    @Override
    public RecordWriter writer() {
      return writer;
    }

    @Override
    public void record() throws InterruptedException {
      if (done) {
        writer.clear();
        return;
      }
      done = true;
      writer.append(sequence, offset);
    }

    @Override
    public void bad(String reason, Rejection.Text text) throws InterruptedException {
      if (!done) {
        done = true;
        writer.reject(sequence, offset, reason, text);
      }
    }
  }
}
