package io.forebay.formats;

import io.forebay.RecordWriter;
import io.forebay.Rejection;
import io.forebay.formats.api.ByteStream;
import io.forebay.formats.api.FormatLimits;
import io.forebay.formats.internal.bytes.BadRecord;
import io.forebay.formats.internal.json.JsonRecords;
import io.forebay.formats.internal.json.LineBuffer;
import java.io.IOException;

/** Reads JSON Lines. A line of nothing but whitespace is no record; it counts as a line. */
final class JsonlReader implements RecordReader {
  private final JsonRecords records;
  private final FormatLimits limits;

  JsonlReader(JsonRecords records, FormatLimits limits) {
    this.records = records;
    this.limits = limits;
  }

  @Override
  public long read(String name, ByteStream stream, long linesBefore, RecordWriter out)
      throws IOException, InterruptedException {
    LineBuffer lines = new LineBuffer(stream, limits.lineBytes(), 0);
    lines.checkEncoding(name);
    return read(lines, linesBefore, out);
  }

  @Override
  public long readOn(ByteStream stream, long place, long linesBefore, RecordWriter out)
      throws IOException, InterruptedException {
    return read(new LineBuffer(stream, limits.lineBytes(), place), linesBefore, out);
  }

  private long read(LineBuffer lines, long linesBefore, RecordWriter out)
      throws IOException, InterruptedException {
    long line = linesBefore;
    while (lines.next()) {
      lines.skipByteOrderMark();
      line++;
      if (lines.isCut()) {
        lines.rejectCut(line, limits, out);
        continue;
      }
      byte[] bytes = lines.bytes();
      int from = lines.position();
      int end;
      String reason = null;
      try {
        end = records.read(bytes, from, out);
      } catch (BadRecord e) {
        end = LineBuffer.newline(bytes, from);
        reason = e.reason(bytes, from);
        if (LineBuffer.isBlank(bytes, from, end)) {
          lines.position(end + 1);
          out.clear();
          continue;
        }
      }
      if (end - from > limits.lineBytes() && limits.isTooLong(bytes, from, end)) {
        reason = limits.tooLong();
      }
      lines.position(end + 1);
      long offset = lines.offset(end + 1);
      if (reason == null) {
        out.append(line, offset);
      } else {
        out.reject(line, offset, reason, Rejection.Text.of(bytes, from, end));
      }
    }
    return line;
  }
}
