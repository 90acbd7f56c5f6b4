/** A replay in a process that is killed. */
@NullMarked
package dev.allframe.sample.bank.replayed;

import org.jspecify.annotations.NullMarked;
