/** Tests of the testkit. */
@NullMarked
package dev.allframe.testkit;

import org.jspecify.annotations.NullMarked;
