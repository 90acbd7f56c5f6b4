/** Sagas of the bank on real actors, whose process ends at each append. */
@NullMarked
package dev.allframe.sample.bank.cut;

import org.jspecify.annotations.NullMarked;
