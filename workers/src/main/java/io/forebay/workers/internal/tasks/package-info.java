/** How tasks and their results cross the process border: as names and components, never as code. */
@NullMarked
package io.forebay.workers.internal.tasks;

import org.jspecify.annotations.NullMarked;
