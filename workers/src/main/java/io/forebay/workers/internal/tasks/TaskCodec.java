package io.forebay.workers.internal.tasks;

import io.forebay.workers.internal.binding.ErrorText;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Values of tasks as bytes: one byte for the type, then the value, big endian. Only what is named
 * here can be written, and only tasks, records and enums that the reader looks up himself can be
 * made: no Java serialization.
 */
final class TaskCodec {
  private static final int MOST_DEPTH = 32;

  private static final byte NULL = 0;
  private static final byte BOOLEAN = 1;
  private static final byte BYTE = 2;
  private static final byte SHORT = 3;
  private static final byte CHARACTER = 4;
  private static final byte INTEGER = 5;
  private static final byte LONG = 6;
  private static final byte FLOAT = 7;
  private static final byte DOUBLE = 8;
  private static final byte STRING = 9;
  private static final byte BYTES = 10;
  private static final byte INTS = 11;
  private static final byte LONGS = 12;
  private static final byte DOUBLES = 13;
  private static final byte DECIMAL = 14;
  private static final byte BIG = 15;
  private static final byte INSTANT = 16;
  private static final byte DURATION = 17;
  private static final byte UNIQUE = 18;
  private static final byte ENUM = 19;
  private static final byte RECORD = 20;
  private static final byte LIST = 21;
  private static final byte MAP = 22;
  private static final byte OBJECT = 23;

  private TaskCodec() {}

  /** A value cannot be written; the message says which and why, without its subject. */
  static final class UnsupportedException extends Exception {
    private static final long serialVersionUID = 1L;

    UnsupportedException(String message) {
      super(message);
    }
  }

  /** Where a reader gets the classes that are named in what he reads. */
  @FunctionalInterface
  interface Classes {
    /**
     * The class of that name.
     *
     * @throws IOException if there is none, for this reader
     */
    Class<?> find(String name) throws IOException, ClassNotFoundException;
  }

  /** Writes a value; a task that is no record is written as the name of its class. */
  static byte[] encode(@Nullable Object value) throws UnsupportedException {
    return encode(value, type -> {});
  }

  /** As {@link #encode(Object)}; {@code written} is told the class of each record and enum. */
  static byte[] encode(@Nullable Object value, Consumer<Class<?>> written)
      throws UnsupportedException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      new Writer(out, written).write(value, 0);
    } catch (IOException e) {
      throw new UnsupportedException(String.valueOf(e.getMessage()));
    }
    return bytes.toByteArray();
  }

  /**
   * Reads a value.
   *
   * @throws IOException if the bytes are none, a class of theirs is not there, or cannot be made
   */
  static @Nullable Object decode(byte[] bytes, Classes classes) throws IOException {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      Object value = new Reader(in, classes).read(0);
      if (in.available() > 0) {
        throw new IOException(in.available() + " bytes too many");
      }
      return value;
    } catch (InvocationTargetException e) {
      Throwable thrown = e.getCause() == null ? e : e.getCause();
      throw new IOException(ErrorText.headline(thrown), thrown);
    } catch (ReflectiveOperationException
        | RuntimeException
        | LinkageError
        | StackOverflowError e) {
      throw new IOException(ErrorText.headline(e), e);
    }
  }

  private record Writer(DataOutputStream out, Consumer<Class<?>> written) {
    private void write(@Nullable Object value, int depth) throws IOException, UnsupportedException {
      if (depth > MOST_DEPTH) {
        throw new UnsupportedException("is nested more than " + MOST_DEPTH + " deep");
      }
      switch (value) {
        case null -> out.writeByte(NULL);
        case Boolean bool -> tagged(out, BOOLEAN).writeBoolean(bool);
        case Byte number -> tagged(out, BYTE).writeByte(number);
        case Short number -> tagged(out, SHORT).writeShort(number);
        case Character character -> tagged(out, CHARACTER).writeChar(character);
        case Integer number -> tagged(out, INTEGER).writeInt(number);
        case Long number -> tagged(out, LONG).writeLong(number);
        case Float number -> tagged(out, FLOAT).writeInt(Float.floatToRawIntBits(number));
        case Double number -> tagged(out, DOUBLE).writeLong(Double.doubleToRawLongBits(number));
        case String text -> text(tagged(out, STRING), text);
        case byte[] bytes -> bytes(tagged(out, BYTES), bytes);
        case int[] numbers -> {
          tagged(out, INTS).writeInt(numbers.length);
          for (int number : numbers) {
            out.writeInt(number);
          }
        }
        case long[] numbers -> {
          tagged(out, LONGS).writeInt(numbers.length);
          for (long number : numbers) {
            out.writeLong(number);
          }
        }
        case double[] numbers -> {
          tagged(out, DOUBLES).writeInt(numbers.length);
          for (double number : numbers) {
            out.writeLong(Double.doubleToRawLongBits(number));
          }
        }
        case BigDecimal number -> text(tagged(out, DECIMAL), number.toString());
        case BigInteger number -> bytes(tagged(out, BIG), number.toByteArray());
        case Instant instant -> {
          tagged(out, INSTANT).writeLong(instant.getEpochSecond());
          out.writeInt(instant.getNano());
        }
        case Duration duration -> {
          tagged(out, DURATION).writeLong(duration.getSeconds());
          out.writeInt(duration.getNano());
        }
        case UUID id -> {
          tagged(out, UNIQUE).writeLong(id.getMostSignificantBits());
          out.writeLong(id.getLeastSignificantBits());
        }
        case Enum<?> constant -> {
          written.accept(constant.getDeclaringClass());
          text(tagged(out, ENUM), constant.getDeclaringClass().getName());
          text(out, constant.name());
        }
        case Record record -> record(record, depth);
        case List<?> list -> {
          out.writeByte(LIST);
          elements(list, depth);
        }
        case Map<?, ?> map -> {
          out.writeByte(MAP);
          elements(map.keySet(), depth);
          elements(map.values(), depth);
        }
        default -> {
          if (depth > 0) {
            throw new UnsupportedException(
                "is a " + value.getClass().getName() + ", which is not among what can travel");
          }
          text(tagged(out, OBJECT), value.getClass().getName());
        }
      }
    }

    private void record(Record record, int depth) throws IOException, UnsupportedException {
      written.accept(record.getClass());
      RecordComponent[] components = record.getClass().getRecordComponents();
      text(tagged(out, RECORD), record.getClass().getName());
      out.writeInt(components.length);
      for (RecordComponent component : components) {
        Object value;
        try {
          component.getAccessor().setAccessible(true);
          value = component.getAccessor().invoke(record);
        } catch (ReflectiveOperationException | RuntimeException e) {
          throw new UnsupportedException(
              "has a '" + component.getName() + "' that cannot be read: " + ErrorText.headline(e));
        }
        try {
          write(value, depth + 1);
        } catch (UnsupportedException e) {
          throw new UnsupportedException(
              "has a '" + component.getName() + "' that " + e.getMessage());
        }
      }
    }

    private void elements(Collection<?> elements, int depth)
        throws IOException, UnsupportedException {
      out.writeInt(elements.size());
      for (Object element : elements) {
        try {
          write(element, depth + 1);
        } catch (UnsupportedException e) {
          throw new UnsupportedException("has an element that " + e.getMessage());
        }
      }
    }
  }

  private record Reader(DataInputStream in, Classes classes) {
    private @Nullable Object read(int depth) throws IOException, ReflectiveOperationException {
      if (depth > MOST_DEPTH) {
        throw new IOException("nested more than " + MOST_DEPTH + " deep");
      }
      byte tag = in.readByte();
      return switch (tag) {
        case NULL -> null;
        case BOOLEAN -> in.readBoolean();
        case BYTE -> in.readByte();
        case SHORT -> in.readShort();
        case CHARACTER -> in.readChar();
        case INTEGER -> in.readInt();
        case LONG -> in.readLong();
        case FLOAT -> Float.intBitsToFloat(in.readInt());
        case DOUBLE -> Double.longBitsToDouble(in.readLong());
        case STRING -> text(in);
        case BYTES -> bytes(in);
        case INTS -> {
          int[] numbers = new int[count(in, 4)];
          for (int i = 0; i < numbers.length; i++) {
            numbers[i] = in.readInt();
          }
          yield numbers;
        }
        case LONGS -> {
          long[] numbers = new long[count(in, 8)];
          for (int i = 0; i < numbers.length; i++) {
            numbers[i] = in.readLong();
          }
          yield numbers;
        }
        case DOUBLES -> {
          double[] numbers = new double[count(in, 8)];
          for (int i = 0; i < numbers.length; i++) {
            numbers[i] = Double.longBitsToDouble(in.readLong());
          }
          yield numbers;
        }
        case DECIMAL -> new BigDecimal(text(in));
        case BIG -> new BigInteger(bytes(in));
        case INSTANT -> Instant.ofEpochSecond(in.readLong(), in.readInt());
        case DURATION -> Duration.ofSeconds(in.readLong(), in.readInt());
        case UNIQUE -> new UUID(in.readLong(), in.readLong());
        case ENUM -> constant(classes.find(text(in)), text(in));
        case RECORD -> record(depth);
        case LIST -> Collections.unmodifiableList(elements(depth));
        case MAP -> {
          List<@Nullable Object> keys = elements(depth);
          List<@Nullable Object> values = elements(depth);
          Map<@Nullable Object, @Nullable Object> map = new LinkedHashMap<>();
          for (int i = 0; i < keys.size(); i++) {
            map.put(keys.get(i), values.get(i));
          }
          yield Collections.unmodifiableMap(map);
        }
        case OBJECT -> {
          if (depth > 0) {
            throw new IOException("there is a task within a value");
          }
          yield classes.find(text(in)).getConstructor().newInstance();
        }
        default -> throw new IOException("there is no type " + tag);
      };
    }

    private static Object constant(Class<?> type, String name) throws IOException {
      Object[] constants = type.getEnumConstants();
      return Arrays.stream(constants == null ? new Object[0] : constants)
          .filter(each -> ((Enum<?>) each).name().equals(name))
          .findFirst()
          .orElseThrow(() -> new IOException("there is no " + type.getName() + "." + name));
    }

    private Object record(int depth) throws IOException, ReflectiveOperationException {
      Class<?> type = classes.find(text(in));
      RecordComponent[] components = type.getRecordComponents();
      int count = in.readInt();
      if (components == null || components.length != count) {
        throw new IOException(type.getName() + " is not a record of " + count + " components");
      }
      Class<?>[] types = new Class<?>[count];
      @Nullable Object[] values = new Object[count];
      for (int i = 0; i < count; i++) {
        types[i] = components[i].getType();
        values[i] = read(depth + 1);
      }
      var constructor = type.getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return constructor.newInstance(values);
    }

    private List<@Nullable Object> elements(int depth)
        throws IOException, ReflectiveOperationException {
      int count = count(in, 1);
      List<@Nullable Object> elements = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        elements.add(read(depth + 1));
      }
      return elements;
    }
  }

  /** A count of what has at least so many bytes each. */
  private static int count(DataInputStream in, int bytesEach) throws IOException {
    int count = in.readInt();
    if (count < 0 || (long) count * bytesEach > in.available()) {
      throw new IOException("a count of " + count);
    }
    return count;
  }

  private static DataOutputStream tagged(DataOutputStream out, byte tag) throws IOException {
    out.writeByte(tag);
    return out;
  }

  private static void text(DataOutputStream out, String text) throws IOException {
    // As chars: every string comes back as it was, also one that is no valid UTF-16.
    out.writeInt(text.length());
    out.writeChars(text);
  }

  private static String text(DataInputStream in) throws IOException {
    char[] text = new char[count(in, 2)];
    for (int i = 0; i < text.length; i++) {
      text[i] = in.readChar();
    }
    return new String(text);
  }

  private static void bytes(DataOutputStream out, byte[] bytes) throws IOException {
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static byte[] bytes(DataInputStream in) throws IOException {
    return in.readNBytes(count(in, 1));
  }
}
