/**
 * DuckDB by its C interface: databases, statements, and vectors filled with columns. For the sinks
 * here, and for SQL as a function.
 */
@NullMarked
package io.forebay.connectors.duckdb.capi;

import org.jspecify.annotations.NullMarked;
