/**
 * Runs reactions, the effects that events have outside of the store, and replays, which are reactions with an end. Read
 * {@link dev.allframe.runtime.reaction.ReactionActor} first, which does one reaction on one node of a cluster; what is
 * under way is in {@link dev.allframe.runtime.reaction.EffectWindow}, and where the reaction stands in
 * {@link dev.allframe.runtime.reaction.ReactionPositions}. Effects run on virtual threads, everything else by the actor
 * or on threads of the store.
 */
@NullMarked
package dev.allframe.runtime.reaction;

import org.jspecify.annotations.NullMarked;
