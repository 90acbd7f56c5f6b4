/** Many who watch a large view, in a process with a small heap. */
@NullMarked
package dev.allframe.sample.bank.watched;

import org.jspecify.annotations.NullMarked;
