package io.forebay.workers.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.forebay.AsyncFunction;
import io.forebay.Batch;
import io.forebay.BatchFunction;
import io.forebay.BatchWriter;
import io.forebay.RecordExpander;
import io.forebay.RecordFunction;
import io.forebay.RowShape;
import io.forebay.Schema;
import io.forebay.columns.ColumnType;
import io.forebay.columns.Field;
import io.forebay.errors.ConfigurationException;
import io.forebay.workers.FunctionBinder;
import io.forebay.workers.api.FunctionSpec;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

final class BindingTest {
  private static final Schema INPUT =
      Schema.of(
          Field.of("sensorId", ColumnType.STRING),
          Field.of("timestamp", ColumnType.TIMESTAMP_MS),
          Field.of("value", ColumnType.FLOAT64),
          Field.of("count", ColumnType.INT64),
          Field.nullable("room", ColumnType.INT32));

  public record Reading(String sensorId, Instant timestamp, double value, Integer room) {}

  public record Wide(String sensorId, long timestamp, double value, Long room) {}

  public record Result(
      double normalized, Double maybe, String label, Instant at, long timestamp, int small) {}

  public static final class Good implements RecordFunction<Wide, Result> {
    @Override
    public Result apply(Wide in) {
      return new Result(in.value(), null, null, Instant.EPOCH, in.timestamp(), 1);
    }
  }

  public abstract static class Generic<A extends Record, B extends Record>
      implements RecordFunction<B, A> {}

  public static final class Inherited extends Generic<Reading, Reading> {
    @Override
    public Reading apply(Reading in) {
      return in;
    }
  }

  public static final class Expander implements RecordExpander<Reading, Reading> {
    @Override
    public void apply(Reading in, Consumer<? super Reading> out) {}
  }

  public static final class Async implements AsyncFunction<Reading, Reading> {
    @Override
    public CompletionStage<Reading> apply(Reading in) {
      return CompletableFuture.completedFuture(in);
    }
  }

  public record Missing(double valeu) {}

  public static final class MissingColumn implements RecordFunction<Missing, Missing> {
    @Override
    public Missing apply(Missing in) {
      return in;
    }
  }

  public record Narrow(double count) {}

  public static final class Lossy implements RecordFunction<Narrow, Narrow> {
    @Override
    public Narrow apply(Narrow in) {
      return in;
    }
  }

  public record Unboxed(int room) {}

  public static final class NullIntoPrimitive implements RecordFunction<Unboxed, Unboxed> {
    @Override
    public Unboxed apply(Unboxed in) {
      return in;
    }
  }

  public record Odd(java.util.List<String> tags) {}

  public static final class Unsupported implements RecordFunction<Reading, Odd> {
    @Override
    public Odd apply(Reading in) {
      return new Odd(java.util.List.of());
    }
  }

  public record Clash(String value) {}

  public static final class Clashing implements RecordFunction<Reading, Clash> {
    @Override
    public Clash apply(Reading in) {
      return new Clash("");
    }
  }

  @SuppressWarnings("rawtypes")
  public static final class Raw implements RecordFunction {
    @Override
    public Record apply(Record in) {
      return in;
    }

    @Override
    public Object apply(Object in) {
      return in;
    }
  }

  @SuppressWarnings("ClassCanBeStatic")
  public final class Inner implements BatchFunction {
    @Override
    public Schema outputs(Schema input) {
      return Schema.of();
    }

    @Override
    public void apply(Batch in, BatchWriter out) {}
  }

  static final class Hidden extends Plain {}

  public abstract static class Abstract implements BatchFunction {}

  static class Plain implements BatchFunction {
    @Override
    public Schema outputs(Schema input) {
      return Schema.of(Field.of("x", ColumnType.FLOAT64));
    }

    @Override
    public void apply(Batch in, BatchWriter out) {}
  }

  public static final class NeedsArgument extends Plain {
    public NeedsArgument(int n) {}
  }

  public static final class Parameterized extends Plain {
    public Parameterized(Map<String, String> parameters) {
      if (!parameters.containsKey("window")) {
        throw new ConfigurationException("the parameter 'window' is missing: set it");
      }
    }
  }

  public static final class Plainest extends Plain {}

  public static final class Throwing extends Plain {
    public Throwing() {
      throw new IllegalStateException("no model file");
    }
  }

  public static final class Both extends Plain implements RecordFunction<Reading, Reading> {
    @Override
    public Reading apply(Reading in) {
      return in;
    }
  }

  public static final class Picky extends Plain {
    @Override
    public Schema outputs(Schema input) {
      return Schema.of(input.field("pressure"));
    }
  }

  public static final class Reserved extends Plain {
    @Override
    public Schema outputs(Schema input) {
      return Schema.of(Field.of("forebay:x", ColumnType.FLOAT64));
    }
  }

  @Test
  void binds_components_to_columns_when_a_record_function_fits() {
    BoundFunction bound = bind(Good.class);
    assertThat(bound.outputs())
        .isEqualTo(
            Schema.of(
                Field.of("normalized", ColumnType.FLOAT64),
                Field.nullable("maybe", ColumnType.FLOAT64),
                Field.nullable("label", ColumnType.STRING),
                Field.nullable("at", ColumnType.TIMESTAMP_US),
                Field.of("timestamp", ColumnType.TIMESTAMP_MS),
                Field.of("small", ColumnType.INT32)));
    assertThat(bound.rowShape()).isEqualTo(RowShape.SAME);
    assertThat(bound.newInstance()).isNotSameAs(bound.newInstance());
  }

  @Test
  void resolves_the_records_when_a_superclass_names_them() {
    assertThat(bind(Inherited.class).outputs().fields()).hasSize(4);
  }

  @Test
  void has_any_row_shape_when_the_function_expands() {
    assertThat(bind(Expander.class).rowShape()).isEqualTo(RowShape.ANY);
  }

  @Test
  void finds_a_nested_class_when_it_is_named_as_in_source_code() {
    assertThat(
            FunctionBinder.bind(
                    FunctionSpec.of("io.forebay.workers.functions.BindingTest.Plainest"), INPUT)
                .outputs()
                .fields())
        .hasSize(1);
  }

  @Test
  void passes_parameters_when_the_constructor_takes_them() {
    var spec = new FunctionSpec(Parameterized.class.getName(), Map.of("window", "9"));
    assertThat(FunctionBinder.bind(spec, INPUT).newInstance()).isNotNull();
    refuses(Parameterized.class, "refused its parameters: the parameter 'window' is missing");
  }

  @Test
  void maps_async_functions_when_a_stage_waits() {
    var mapping = RecordMapping.bind(FunctionSpec.of(Async.class.getName()), INPUT);
    assertThat(mapping.outputs().fields()).hasSize(4);
    assertThat(mapping.newInstance()).isInstanceOf(Async.class);
    refuses(Async.class, "is a AsyncFunction, but this stage needs one: let it implement");
  }

  @Test
  void suggests_the_nearest_class_when_there_is_none_of_that_name() {
    refuses(
        "com.acme.BindingTest$Plainest",
        "did you mean io.forebay.workers.functions.BindingTest$Plainest?");
    refuses(
        "io.forebay.workers.functions.BindingTest$Planest",
        "did you mean io.forebay.workers.functions.BindingTest$Plainest?");
    refuses("com.acme.Nowhere", "there is no class 'com.acme.Nowhere' on the class path: check");
  }

  @Test
  void refuses_what_workers_cannot_make_when_it_is_named() {
    refuses("com.acme.Main$$Lambda/0x0123", "is a lambda");
    refuses("ruby:features.f", "is of an unknown kind");
    refuses(Inner.class, "is an inner class, which needs an instance of");
    refuses(Hidden.class, "is not public");
    refuses(Abstract.class, "is abstract");
    refuses(BatchFunction.class, "is an interface");
    refuses(new Plain() {}.getClass(), "is an anonymous class");
    refuses(NeedsArgument.class, "has no constructor that can be called");
    refuses(Throwing.class, "its constructor threw java.lang.IllegalStateException: no model file");
    refuses(String.class, "is not a function");
    refuses(Both.class, "implements BatchFunction and RecordFunction");
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() ->
            FunctionBinder.bind(
                new FunctionSpec(Plainest.class.getName(), Map.of("a", "b")), INPUT))
        .withMessageContaining("takes no parameters, but a was given");
  }

  @Test
  void names_component_and_column_when_they_do_not_fit() {
    refuses(MissingColumn.class, "the component 'valeu' of the record Missing");
    refuses(MissingColumn.class, "did you mean 'value'?");
    refuses(Lossy.class, "is double, which cannot hold every value of the column 'count' (int64)");
    refuses(Lossy.class, "declare it as long");
    refuses(
        NullIntoPrimitive.class, "rows of the column 'room' may be null: declare it as Integer");
    refuses(Unsupported.class, "is List, which no column can hold");
    refuses(Clashing.class, "would replace the input column 'value' (float64)");
    refuses(Raw.class, "does not say which records it takes and returns");
    refuses(Picky.class, "does not fit its input: there is no field 'pressure'");
    refuses(Reserved.class, "has the output column 'forebay:x'");
  }

  private static BoundFunction bind(Class<?> function) {
    return FunctionBinder.bind(FunctionSpec.of(function.getName()), INPUT);
  }

  private static void refuses(Class<?> function, String part) {
    refuses(function.getName(), part);
  }

  private static void refuses(String function, String part) {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> FunctionBinder.bind(FunctionSpec.of(function), INPUT))
        .withMessageContaining(part)
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
  }
}
