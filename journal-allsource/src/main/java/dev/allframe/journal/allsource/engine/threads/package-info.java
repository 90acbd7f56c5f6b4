/**
 * The threads of a store that are not its writer, sealer or compactor: they answer callers, and read files.
 */
@NullMarked
package dev.allframe.journal.allsource.engine.threads;

import org.jspecify.annotations.NullMarked;
