/** A sink for tables of PostgreSQL and what speaks its protocol. */
@NullMarked
package io.forebay.connectors.postgres;

import org.jspecify.annotations.NullMarked;
