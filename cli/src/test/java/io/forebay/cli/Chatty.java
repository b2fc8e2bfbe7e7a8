package io.forebay.cli;

import io.forebay.RecordFunction;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.slf4j.LoggerFactory;

/** Says something by every way of logging that there is, in this process. */
public final class Chatty implements RecordFunction<Chatty.In, Chatty.Out> {
  static final String ODD = "a \"b\" \\ \u0007\u001b[2J\u2028 \ud83d \udc00 \ud83d\ude00 {0} end";

  /** A reading. */
  public record In(long id) {}

  /** What becomes of it. */
  public record Out(long twice) {}

  /** Made by the pipeline. */
  public Chatty() {}

  @Override
  public Out apply(In in) {
    if (in.id == 1) {
      System.getLogger("by.system").log(System.Logger.Level.WARNING, ODD);
      System.getLogger("by.system").log(System.Logger.Level.DEBUG, "system in detail");
      Logger.getLogger("by.jul")
          .log(
              Level.SEVERE,
              "first\nsecond",
              new IllegalStateException("outer", new IllegalArgumentException("inner\n{")));
      LoggerFactory.getLogger("org.apache.kafka.clients.Some").warn("kafka says {}", 1);
      LoggerFactory.getLogger("org.apache.kafka.clients.Some").warn("kafka says {}", 1);
      LoggerFactory.getLogger("org.apache.kafka.clients.Some").info("kafka in detail");
      InternalLoggerFactory.getInstance("io.netty.some").warn("netty says");
      InternalLoggerFactory.getInstance("io.vertx.some").debug("vertx in detail");
      System.err.print("half ");
      System.err.flush();
      System.err.println("printed");
      atTheSameTime();
    }
    return new Out(2 * in.id);
  }

  private static void atTheSameTime() {
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      String word = Integer.toString(t).repeat(3_000);
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                for (int i = 0; i < 50; i++) {
                  Logger.getLogger("together").info(word);
                  System.err.println(word);
                }
              }));
    }
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
