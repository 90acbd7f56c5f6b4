/** Tests of the JSON forms. */
@NullMarked
package dev.allframe.codec.jackson;

import org.jspecify.annotations.NullMarked;
