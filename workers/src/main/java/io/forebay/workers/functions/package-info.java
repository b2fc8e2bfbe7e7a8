/**
 * Functions as pools and stages see them: found, checked, and bound to the columns that they will
 * be given, before anything is started. Most are bound by {@code FunctionBinder}.
 */
@NullMarked
package io.forebay.workers.functions;

import org.jspecify.annotations.NullMarked;
