package io.forebay.profile;

import io.forebay.slots.Slot;
import io.forebay.workers.api.CallOptions;
import io.forebay.workers.api.Completion;
import io.forebay.workers.api.PoolSnapshot;
import io.forebay.workers.api.WorkerPool;
import java.lang.classfile.ClassFile;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.AccessFlag;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Tells stages apart that call their functions on one thread, the dispatcher's: each call goes
 * through a frame that names the stage's index. A frame is named by its class, so there is one
 * class for each stage, made when it is needed.
 */
final class InlineFrames {
  private static final String CLASS = "InlineStage";

  /** How the frames of these classes begin; the index follows. */
  static final String PREFIX = "io/forebay/profile/" + CLASS;

  private InlineFrames() {}

  /** One call of a stage. */
  interface Through {
    CompletableFuture<Completion> submit(WorkerPool pool, Slot slot, CallOptions options)
        throws InterruptedException;
  }

  /** The stage whose frame this is. */
  static int stage(String frame) {
    int end = PREFIX.length();
    while (Character.isDigit(frame.charAt(end))) {
      end++;
    }
    return Integer.parseInt(frame, PREFIX.length(), end, 10);
  }

  /** The pool, whose calls go through the stage's frame. */
  static WorkerPool around(int stage, WorkerPool pool) {
    return new Framed(through(stage), pool);
  }

  /** {@code return pool.submit(slot, options);} in a class of that stage. */
  private static Through through(int stage) {
    ClassDesc self = ClassDesc.of(InlineFrames.class.getPackageName() + "." + CLASS + stage);
    ClassDesc pool = describe(WorkerPool.class);
    MethodTypeDesc call =
        MethodTypeDesc.of(
            describe(CompletableFuture.class), describe(Slot.class), describe(CallOptions.class));
    byte[] bytes =
        ClassFile.of()
            .build(
                self,
                type ->
                    type.withFlags(AccessFlag.FINAL)
                        .withInterfaceSymbols(describe(Through.class))
                        .withMethodBody(
                            ConstantDescs.INIT_NAME,
                            ConstantDescs.MTD_void,
                            0,
                            code ->
                                code.aload(0)
                                    .invokespecial(
                                        ConstantDescs.CD_Object,
                                        ConstantDescs.INIT_NAME,
                                        ConstantDescs.MTD_void)
                                    .return_())
                        .withMethodBody(
                            "submit",
                            call.insertParameterTypes(0, pool),
                            ClassFile.ACC_PUBLIC,
                            code ->
                                code.aload(1)
                                    .aload(2)
                                    .aload(3)
                                    .invokeinterface(pool, "submit", call)
                                    .areturn()));
    try {
      MethodHandles.Lookup made = MethodHandles.lookup().defineHiddenClass(bytes, true);
      MethodType constructor = MethodType.methodType(void.class);
      return (Through) made.findConstructor(made.lookupClass(), constructor).invoke();
    } catch (Throwable e) {
      throw new IllegalStateException("the frame of stage " + stage + " cannot be made", e);
    }
  }

  private static ClassDesc describe(Class<?> type) {
    return type.describeConstable().orElseThrow();
  }

  /** Everything else is the pool's own. */
  private record Framed(Through through, WorkerPool pool) implements WorkerPool {
    @Override
    public CompletableFuture<Completion> submit(Slot slot, CallOptions options)
        throws InterruptedException {
      return through.submit(pool, slot, options);
    }

    @Override
    public void await(CompletableFuture<?> future) throws InterruptedException {
      pool.await(future);
    }

    @Override
    public void wakeUp() {
      pool.wakeUp();
    }

    @Override
    public int workers() {
      return pool.workers();
    }

    @Override
    public int capacity() {
      return pool.capacity();
    }

    @Override
    public boolean hasIdleWorker() {
      return pool.hasIdleWorker();
    }

    @Override
    public void sample(long now) {
      pool.sample(now);
    }

    @Override
    public PoolSnapshot snapshot() {
      return pool.snapshot();
    }

    @Override
    public boolean close(Duration deadline) {
      return pool.close(deadline);
    }

    @Override
    public void close() {
      pool.close();
    }
  }
}
