package dev.allframe.runtime.saga;

import dev.allframe.aggregate.AggregateType;
import dev.allframe.command.CommandBus;
import dev.allframe.command.CommandError;
import dev.allframe.command.CommandOptions;
import dev.allframe.command.CommandResult;
import dev.allframe.saga.machine.SagaCommand;
import dev.allframe.saga.machine.SagaEvent;
import dev.allframe.saga.machine.SagaState;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorSystem;

/**
 * Tells sagas what has happened, wherever they run. What is told is harmless when it is told twice, so that it is told
 * again until it is answered. Waits until it is opened; thread-safe.
 */
final class SagaEntrance {

    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
    private static final int LOGGED_FROM = 5;

    private final ActorSystem<?> system;
    private final AggregateType<SagaCommand, SagaEvent, SagaState> machine;
    private final Clock clock;
    private final CompletableFuture<CommandBus> bus = new CompletableFuture<>();
    private volatile boolean closed;

    SagaEntrance(ActorSystem<?> system, AggregateType<SagaCommand, SagaEvent, SagaState> machine, Clock clock) {
        this.system = system;
        this.machine = machine;
        this.clock = clock;
    }

    /** Lets everything through. */
    void open(CommandBus commands) {
        bus.complete(commands);
    }

    /** Tells nothing again. */
    void close() {
        closed = true;
    }

    Instant now() {
        return clock.instant();
    }

    /** Tells a saga something once. */
    CompletionStage<CommandResult<SagaEvent>> tell(String saga, SagaCommand command, CommandOptions options) {
        return bus.thenCompose(commands -> commands.dispatch(machine, saga, command, options));
    }

    /**
     * Tells a saga something until it has answered.
     *
     * @param command made anew each time, with the time
     * @return {@link CommandResult.Failed} only where it is of no use to tell it again
     */
    CompletionStage<CommandResult<SagaEvent>> tell(String saga, Function<Instant, SagaCommand> command) {
        return tell(saga, command, 1);
    }

    private CompletionStage<CommandResult<SagaEvent>> tell(String saga, Function<Instant, SagaCommand> command,
            int attempt) {
        return tell(saga, command.apply(now()), CommandOptions.none())
                .thenCompose(result -> result instanceof CommandResult.Failed<SagaEvent>(var error)
                        && isWorthRepeating(error)
                                ? again(saga, command, attempt, error)
                                : CompletableFuture.completedFuture(result));
    }

    private boolean isWorthRepeating(CommandError error) {
        return !closed && switch (error) {
            case CommandError.Validation no -> false;
            case CommandError.UnknownAggregate no -> false;
            case CommandError.Unwritable no -> false;
            case CommandError.NotPermitted no -> false;
            default -> true;
        };
    }

    private CompletionStage<CommandResult<SagaEvent>> again(String saga, Function<Instant, SagaCommand> command,
            int attempt, CommandError error) {
        if (attempt % LOGGED_FROM == 0) {
            system.log()
                    .warn("saga {} cannot be told what has happened, after {} attempts: {}", saga, attempt,
                            error.message());
        }
        CompletableFuture<CommandResult<SagaEvent>> later = new CompletableFuture<>();
        try {
            system.scheduler()
                    .scheduleOnce(pause(attempt), () -> tell(saga, command, attempt + 1)
                            .whenComplete((result, failure) -> {
                                if (failure == null) {
                                    later.complete(result);
                                } else {
                                    later.completeExceptionally(failure);
                                }
                            }), system.executionContext());
        } catch (IllegalStateException systemHasEnded) {
            later.complete(new CommandResult.Failed<>(error));
        }
        return later;
    }

    private static Duration pause(int attempt) {
        Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(attempt - 1, 10));
        return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
    }
}
