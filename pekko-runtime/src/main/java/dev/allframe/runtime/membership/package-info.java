/**
 * What the members of a cluster must have in common before they host aggregates together. Read
 * {@link dev.allframe.runtime.membership.AgreedSettings} first. Knows no aggregate and no storage. Pekko's cluster
 * daemon calls the checker, the thread that starts AllFrame the rest.
 */
@NullMarked
package dev.allframe.runtime.membership;

import org.jspecify.annotations.NullMarked;
