/**
 * Records over HTTP, in and out.
 *
 * <pre>
 *  client        event loop              partition (virtual thread)      engine
 *  ──────►  route, token, limits ──►  inflate, decode, append ──►  stages, sinks, commit
 *  ◄──────  204, 400, 503        ◄──────────────── acknowledged ◄────────┘
 * </pre>
 *
 * <p>A request is answered when all of its records are committed, so a client that repeats what was
 * not answered loses nothing.
 */
@NullMarked
package io.forebay.connectors.http;

import org.jspecify.annotations.NullMarked;
