package dev.allframe.command;

import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Command;
import dev.allframe.aggregate.Event;
import java.util.concurrent.CompletionStage;

/**
 * Carries commands to aggregate instances, wherever they live, and brings back what became of them.
 *
 * <p>Callable from any thread; never blocks. The returned stage never fails: what can go wrong is a
 * {@link CommandResult.Failed}. Commands sent to one instance from one thread are decided in the order in which they
 * were sent. An {@link CommandResult.Accepted} is given only after the events are stored as durably as the storage
 * promises.
 *
 * <p>The stage is completed on a virtual thread of its own, or before the call returns: a callback may block, dispatch
 * and wait. On Java 21 to 23 it must not do so inside {@code synchronized}.
 */
public interface CommandBus {

    /**
     * Sends a command with options.
     *
     * @param type a registered aggregate type
     * @param id the instance; any text that is not empty and has no {@code |}
     * @param command what it is asked to do
     * @param options command id, expected version, causes, time limit
     * @throws NullPointerException if any of them is null
     */
    <C extends Command, E extends Event, S> CompletionStage<CommandResult<E>> dispatch(AggregateType<C, E, S> type,
            String id, C command,
            CommandOptions options);

    /**
     * Declares a command id void, to end not knowing: "timed out, outcome unknown". Afterwards the command has one
     * outcome for ever. If it was executed, the result is that of its first time. If not, that is stored, the result is
     * {@link CommandError.Voided}, and so is that of the command should it still arrive.
     *
     * @param type a registered aggregate type that remembers commands
     * @param id the instance
     * @param options with the command id; and with the time of its issue where the instance may have forgotten it: then
     *        the result is {@link CommandError.WindowExpired}, and nothing was changed
     * @throws IllegalArgumentException if the options have no command id, or the type remembers none
     */
    <C extends Command, E extends Event, S> CompletionStage<CommandResult<E>> voidCommand(AggregateType<C, E, S> type,
            String id, CommandOptions options);

    /** Declares a command id void, of which the instance cannot have forgotten anything. */
    default <C extends Command, E extends Event, S> CompletionStage<CommandResult<E>> voidCommand(
            AggregateType<C, E, S> type, String id, String commandId) {
        return voidCommand(type, id, CommandOptions.withCommandId(commandId));
    }

    /** Sends a command without an id: a repeat is not recognised. */
    default <C extends Command, E extends Event, S> CompletionStage<CommandResult<E>> dispatch(
            AggregateType<C, E, S> type, String id, C command) {
        return dispatch(type, id, command, CommandOptions.none());
    }

    /**
     * Sends a command and waits for what became of it: for tests and virtual threads, never inside an actor.
     *
     * @throws java.util.concurrent.CompletionException never for a refusal or a typed error, which are results
     */
    default <C extends Command, E extends Event, S> CommandResult<E> dispatchAndWait(AggregateType<C, E, S> type,
            String id, C command,
            CommandOptions options) {
        return dispatch(type, id, command, options).toCompletableFuture().join();
    }

    /** Sends a command without options and waits for what became of it. */
    default <C extends Command, E extends Event, S> CommandResult<E> dispatchAndWait(AggregateType<C, E, S> type,
            String id, C command) {
        return dispatchAndWait(type, id, command, CommandOptions.none());
    }
}
