/**
 * What documents say, held against the code: commands, snippets, links, modules, and the project that a newcomer
 * builds.
 */
@NullMarked
package dev.allframe.documents;

import org.jspecify.annotations.NullMarked;
