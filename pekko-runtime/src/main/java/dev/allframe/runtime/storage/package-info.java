/**
 * Which Pekko persistence plugins store the aggregates, and who else can see what they store. Read
 * {@link dev.allframe.runtime.storage.StoragePlugins} first. Knows no aggregate.
 */
@NullMarked
package dev.allframe.runtime.storage;

import org.jspecify.annotations.NullMarked;
