/** SQL on every batch, with DuckDB. */
@NullMarked
package io.forebay.functions.sql;

import org.jspecify.annotations.NullMarked;
