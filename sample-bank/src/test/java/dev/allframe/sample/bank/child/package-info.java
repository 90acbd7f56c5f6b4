/** JVMs that tests start, and kill. Read {@link dev.allframe.sample.bank.child.ChildJvm} first. */
@NullMarked
package dev.allframe.sample.bank.child;

import org.jspecify.annotations.NullMarked;
