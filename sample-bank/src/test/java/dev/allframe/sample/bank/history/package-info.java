/** Tests of the package of the same name. */
@NullMarked
package dev.allframe.sample.bank.history;

import org.jspecify.annotations.NullMarked;
