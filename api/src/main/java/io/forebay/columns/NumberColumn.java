package io.forebay.columns;

/** A column whose values can be read as doubles: integers, floats and timestamps. */
public sealed interface NumberColumn
    permits Int32Column, Int64Column, Float32Column, Float64Column {
  /**
   * The value of the row. Integers beyond 2<sup>53</sup> are rounded to the nearest double; a null
   * row reads as a value of no meaning.
   */
  double asDouble(int row);
}
