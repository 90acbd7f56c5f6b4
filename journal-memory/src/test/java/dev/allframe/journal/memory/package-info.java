/** Tests of the store in memory. */
@NullMarked
package dev.allframe.journal.memory;

import org.jspecify.annotations.NullMarked;
