/** Tests of replays as values. */
@NullMarked
package dev.allframe.replay;

import org.jspecify.annotations.NullMarked;
