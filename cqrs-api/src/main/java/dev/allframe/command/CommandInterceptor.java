package dev.allframe.command;

import dev.allframe.aggregate.Event;
import java.util.concurrent.CompletionStage;

/**
 * Stands around every dispatch of a command bus: authorises, logs, measures, adds options, looks something up. Called
 * on the caller's thread, and by many at once. The one that was added first is the outermost; behind the last one come
 * validation, the limit of commands under way, and the instance.
 *
 * <pre>{@code
 * final class OnlyTellers implements CommandInterceptor {
 *   @Override
 *   public <E extends Event> CompletionStage<CommandResult<E>> around(Dispatch<E> dispatch, Rest<E> rest) {
 *     return isTeller(dispatch.options().headers().get(USER))
 *         ? rest.dispatch(dispatch)
 *         : CompletableFuture.completedStage(new Failed<>(new CommandError.NotPermitted("only tellers may")));
 *   }
 * }
 * }</pre>
 */
public interface CommandInterceptor {

    /**
     * What comes behind an interceptor. May be called later, from any thread, more than once, or not at all.
     *
     * @param <E> the events of the aggregate
     */
    @FunctionalInterface
    interface Rest<E extends Event> {

        CompletionStage<CommandResult<E>> dispatch(Dispatch<E> dispatch);
    }

    /**
     * Gives the result of a dispatch. What it throws, or a stage that fails, is {@link CommandError.HandlerFailed} for
     * the caller, and {@link CommandError.NoAnswer} when it had passed the command on, as nobody tells then what became
     * of it. A {@link CommandResult.Refused} says that the command was decided and refused: where an id is declared
     * void, an interceptor that says no gives {@link CommandResult.Failed}. One that passes a command on more than once
     * gives no refusal of it while a later passage may still be accepted: who asked takes a refusal as final.
     *
     * @param dispatch as the caller, or the interceptor before, has made it
     * @param rest goes on
     */
    <E extends Event> CompletionStage<CommandResult<E>> around(Dispatch<E> dispatch, Rest<E> rest);
}
