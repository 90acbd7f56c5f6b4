/**
 * What a saga does next, as pure code: {@link dev.allframe.saga.machine.SagaMachine} decides and evolves, {@link
 * dev.allframe.saga.machine.Due} says which effect is due. Replay runs no code of the user's: {@link
 * dev.allframe.saga.machine.SagaEvolution} uses stored records alone.
 */
@NullMarked
package dev.allframe.saga.machine;

import org.jspecify.annotations.NullMarked;
