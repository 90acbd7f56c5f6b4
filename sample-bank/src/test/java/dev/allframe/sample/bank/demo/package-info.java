/** Tests of the package of the same name. */
@NullMarked
package dev.allframe.sample.bank.demo;

import org.jspecify.annotations.NullMarked;
