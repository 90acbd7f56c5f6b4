/**
 * How work is shared out among the members of a cluster, and handed over by one that stops doing its share. Read
 * {@link dev.allframe.runtime.sharing.SharedWork} first. Knows no aggregate, no reaction and no saga. Any thread may
 * start and stop work; Pekko's sharding runs it.
 */
@NullMarked
package dev.allframe.runtime.sharing;

import org.jspecify.annotations.NullMarked;
