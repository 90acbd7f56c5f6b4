/** Views of a process that is killed, again and again. */
@NullMarked
package dev.allframe.sample.bank.killed;

import org.jspecify.annotations.NullMarked;
