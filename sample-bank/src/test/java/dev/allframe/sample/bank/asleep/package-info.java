/** Sagas that sleep in a store whose process is killed. */
@NullMarked
package dev.allframe.sample.bank.asleep;

import org.jspecify.annotations.NullMarked;
