/** Sinks for DuckDB tables and Parquet files. */
@NullMarked
package io.forebay.connectors.duckdb;

import org.jspecify.annotations.NullMarked;
