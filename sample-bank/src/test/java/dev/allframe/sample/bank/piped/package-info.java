/** Pipelines of a process that is killed, again and again. */
@NullMarked
package dev.allframe.sample.bank.piped;

import org.jspecify.annotations.NullMarked;
