package io.forebay.workers.internal.protocol;

import io.forebay.RowShape;
import io.forebay.Schema;
import io.forebay.slots.SlotArea;
import io.forebay.slots.SlotSchema;
import io.forebay.workers.api.FunctionSpec;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a worker is told when it starts: which memory, which function, on which columns.
 *
 * @param enginePid the process without which it is not to live
 * @param reply where it answers; empty: in the slots themselves
 * @param control where its ring begins in the control region
 * @param outputs what the engine found the function to return; the worker has to find the same
 */
public record Assignment(
    long enginePid,
    Memory memory,
    Optional<Reply> reply,
    long control,
    int entries,
    long generation,
    int stage,
    SlotSchema schema,
    FunctionSpec function,
    RowShape shape,
    Schema outputs) {

  /** The shared memory area. */
  public record Memory(Path path, int slots, long slotBytes, long controlBytes) {
    public static Memory of(SlotArea area) {
      Path path =
          area.path()
              .orElseThrow(
                  () -> new IllegalArgumentException("worker processes need a shared slot area"));
      return new Memory(path, area.slots(), area.slotBytes(), area.control().byteSize());
    }

    public SlotArea attach(boolean writable) throws IOException {
      return SlotArea.attach(path, slots, slotBytes, controlBytes, writable);
    }
  }

  /** This worker's part of a {@link ReplyMemory}. */
  public record Reply(Path path, int parts, int part, int buffers) {}

  /** The memory in which this worker answers, if it is not to write into the slots. */
  public ReplyMemory.@Nullable Part attachReply() throws IOException {
    if (reply.isEmpty()) {
      return null;
    }
    Reply own = reply.get();
    var shape = new ReplyMemory.Shape(own.parts, entries, own.buffers, memory.slotBytes);
    return ReplyMemory.attach(own.path, shape, own.part, stage);
  }

  /** This worker's ring in an attached area. */
  public Ring ring(SlotArea area, ReplyMemory.@Nullable Part part) {
    MemorySegment region = area.control().asSlice(control, Ring.bytes(entries), Ring.LINE);
    return Ring.attach(region, part == null ? region : part.words(), entries, generation);
  }

  public Frame encode() throws IOException {
    Payload payload =
        Payload.empty()
            .putLong(enginePid)
            .putText(memory.path.toString())
            .putInt(memory.slots)
            .putLong(memory.slotBytes)
            .putLong(memory.controlBytes)
            .putText(reply.map(own -> own.path.toString()).orElse(""))
            .putInt(reply.map(Reply::parts).orElse(0))
            .putInt(reply.map(Reply::part).orElse(0))
            .putInt(reply.map(Reply::buffers).orElse(0))
            .putLong(control)
            .putInt(entries)
            .putLong(generation)
            .putInt(stage)
            .putSchema(schema.view(0))
            .putInt(schema.hasExtras() ? 1 : 0)
            .putInt(schema.stages());
    for (int i = 0; i < schema.stages(); i++) {
      payload.putSchema(schema.outputs(i));
    }
    payload.putText(function.reference()).putInt(function.parameters().size());
    for (Map.Entry<String, String> parameter : new TreeMap<>(function.parameters()).entrySet()) {
      payload.putText(parameter.getKey()).putText(parameter.getValue());
    }
    return payload.putText(shape.name()).putSchema(outputs).frame(Frame.CONFIGURE);
  }

  public static Assignment decode(Frame frame) throws IOException {
    Payload payload = frame.expect(Frame.CONFIGURE);
    long enginePid = payload.number();
    Memory memory =
        new Memory(Path.of(payload.text()), payload.integer(), payload.number(), payload.number());
    Reply reply =
        new Reply(Path.of(payload.text()), payload.integer(), payload.integer(), payload.integer());
    long control = payload.number();
    int entries = payload.integer();
    long generation = payload.number();
    int stage = payload.integer();
    Schema input = payload.schema();
    boolean extras = payload.integer() != 0;
    int stages = payload.count();
    List<Schema> stageOutputs = new ArrayList<>(stages);
    for (int i = 0; i < stages; i++) {
      stageOutputs.add(payload.schema());
    }
    String reference = payload.text();
    int count = payload.count();
    Map<String, String> parameters = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      parameters.put(payload.text(), payload.text());
    }
    RowShape shape = RowShape.valueOf(payload.text());
    Schema outputs = payload.schema();
    payload.end();
    return new Assignment(
        enginePid,
        memory,
        reply.parts == 0 ? Optional.empty() : Optional.of(reply),
        control,
        entries,
        generation,
        stage,
        SlotSchema.of(input, extras, stageOutputs),
        new FunctionSpec(reference, parameters),
        shape,
        outputs);
  }
}
