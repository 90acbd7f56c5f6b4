/** Tests of the package of the same name. */
@NullMarked
package dev.allframe.sample.bank.cli;

import org.jspecify.annotations.NullMarked;
