package io.forebay.benchmarks;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.columns.Float32Column;
import io.forebay.workers.api.FunctionSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * F3: the function {@code OnnxModel} on a batch that lies in a slot, against ONNX Runtime itself
 * with the same batch, both on one thread. The runtime is given its input as it wants it, float32
 * in one piece; the function's lies in a column of lists of float64, and its result becomes a
 * column.
 */
final class Inference implements Claim {
  private static final int WIDTH = 64;
  private static final String OURS = "OnnxModel";
  private static final String BARE = "ONNX Runtime";

  @Override
  public String id() {
    return "F3";
  }

  @Override
  public String title() {
    return "a model on a batch against the bare ONNX Runtime, one thread each";
  }

  @Override
  public void measure(Session session) throws Exception {
    Path model = session.file("perceptron.onnx");
    Subprocess.run(Rivals.script("perceptron.py", model.toString()));
    for (int batch : session.brief() ? new int[] {100} : new int[] {100, 1_000, 10_000}) {
      compare(session, model, batch);
    }
  }

  private static void compare(Session session, Path model, int batch) throws Exception {
    double[][] rows = new double[batch][];
    SplittableRandom random = new SplittableRandom(58);
    for (int row = 0; row < batch; row++) {
      rows[row] = random.doubles(WIDTH, -1, 1).toArray();
    }
    int times = session.brief() ? 1 : 200_000 / batch;
    try (SlotCall ours = ours(model, rows);
        Bare bare = new Bare(model, rows)) {
      Contest contest = new Contest("F3: batches of " + batch, "records/s");
      contest.add(OURS, () -> batch * times / ours.seconds(times));
      contest.add(BARE, () -> batch * times / bare.seconds(times));
      session.run(contest, 3);
      session.atLeast(
          OURS + " over " + BARE + ", batches of " + batch,
          contest.series(OURS).over(contest.series(BARE)),
          0.95);
      Float32Column results = ours.results().float32("y");
      for (int row = 0; row < batch; row++) {
        if (!(Math.abs(results.get(row) - bare.results[row]) <= 1e-6)) {
          throw new IllegalStateException(
              "row " + row + " is " + results.get(row) + " instead of " + bare.results[row]);
        }
      }
    }
  }

  private static SlotCall ours(Path model, double[][] rows) {
    FunctionSpec spec =
        new FunctionSpec(
            "io.forebay.functions.onnx.OnnxModel",
            Map.of("model", model.toString(), "inputs", "x = features"));
    long bytes = Math.ceilDiv((1L << 20) + 32L * rows.length * (WIDTH + 16), 4096L) * 4096L;
    return new SlotCall(
        spec,
        Schema.of(Field.of("features", ColumnType.FLOAT64_LIST)),
        rows.length,
        bytes,
        (row, number) -> row.setDoubles(0, rows[number], 0, WIDTH));
  }

  /** The runtime, as anybody would call it who is in a hurry. */
  private static final class Bare implements AutoCloseable {
    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final OrtSession session;
    private final FloatBuffer input;
    private final long[] shape;
    private final float[] results;

    Bare(Path model, double[][] rows) throws OrtException {
      try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
        options.setIntraOpNumThreads(1);
        options.setInterOpNumThreads(1);
        this.session = environment.createSession(model.toString(), options);
      }
      this.input =
          ByteBuffer.allocateDirect(Float.BYTES * rows.length * WIDTH)
              .order(ByteOrder.nativeOrder())
              .asFloatBuffer();
      for (double[] row : rows) {
        for (double x : row) {
          input.put((float) x);
        }
      }
      input.flip();
      this.shape = new long[] {rows.length, WIDTH};
      this.results = new float[rows.length];
    }

    double seconds(int times) throws OrtException {
      long begin = System.nanoTime();
      for (int time = 0; time < times; time++) {
        try (OnnxTensor tensor = OnnxTensor.createTensor(environment, input, shape);
            OrtSession.Result result = session.run(Map.of("x", tensor))) {
          ((OnnxTensor) result.get(0)).getFloatBuffer().get(results);
        }
      }
      return (System.nanoTime() - begin) / 1e9;
    }

    @Override
    public void close() throws OrtException {
      session.close();
    }
  }
}
