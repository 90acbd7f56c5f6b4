/**
 * What Pekko calls to turn our records, snapshots and messages into bytes. Loaded by name from {@code reference.conf};
 * thread-safe.
 */
@NullMarked
package dev.allframe.runtime.serialization;

import org.jspecify.annotations.NullMarked;
