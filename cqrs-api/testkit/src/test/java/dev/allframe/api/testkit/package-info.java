/** Tests of the testkit. */
@NullMarked
package dev.allframe.api.testkit;

import org.jspecify.annotations.NullMarked;
