/**
 * Lines over TCP and UDP, and what every listening source shares.
 *
 * <pre>
 *   10,000 sockets      few event loops        4 lanes (virtual threads)        the engine
 *  ┌────────────┐      ┌───────────────┐      ┌─────────────────────────┐
 *  │ connection │─────►│ read a chunk, │─────►│ cut into lines, decode, │────► append (blocks)
 *  │ connection │      │ give to lane  │      │ one partition each      │
 *  │ …          │◄─────│ stop reading  │◄─────│ read on                 │
 *  └────────────┘      └───────────────┘      └─────────────────────────┘
 * </pre>
 *
 * <p>A connection stays on one lane, so its records keep their order. A lane is a partition: their
 * number is fixed, however many clients come and go. A lane that blocks because the engine has no
 * room leaves its connections unread, and TCP stops the senders.
 */
@NullMarked
package io.forebay.connectors.net;

import org.jspecify.annotations.NullMarked;
