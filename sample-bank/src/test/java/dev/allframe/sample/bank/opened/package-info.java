/** Sagas that events start, in a store whose process is killed. */
@NullMarked
package dev.allframe.sample.bank.opened;

import org.jspecify.annotations.NullMarked;
