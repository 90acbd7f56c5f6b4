/**
 * What the members of a cluster tell each other while two versions of the code run at once. Read
 * {@link dev.allframe.runtime.rolling.VersionGuard} first: any thread asks it. Knows no aggregate and no storage.
 */
@NullMarked
package dev.allframe.runtime.rolling;

import org.jspecify.annotations.NullMarked;
