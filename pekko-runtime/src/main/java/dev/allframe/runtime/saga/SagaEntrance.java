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
 *
 * <p>The stages are completed on threads of actors: users are given them by {@link #forUsers} alone.
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

    /** Tells nothing again; what waits for it to open fails. */
    void close() {
        closed = true;
        bus.completeExceptionally(new IllegalStateException("AllFrame was closed"));
    }

    boolean isClosed() {
        return closed;
    }

    /** The same stage for a user, whose code may wait where it is completed: that is a virtual thread of its own. */
    static <A> CompletionStage<A> forUsers(CompletionStage<A> stage) {
        return stage.whenCompleteAsync((answer, failure) -> {}, Thread::startVirtualThread);
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
     * @return a result that {@link #mayPass} only where this is closed; fails where the clock does
     */
    CompletionStage<CommandResult<SagaEvent>> tell(String saga, Function<Instant, SagaCommand> command) {
        return tell(saga, command, 1);
    }

    private CompletionStage<CommandResult<SagaEvent>> tell(String saga, Function<Instant, SagaCommand> command,
            int attempt) {
        SagaCommand told;
        try {
            told = command.apply(now());
        } catch (RuntimeException | Error ofTheClock) {
            return CompletableFuture.failedFuture(ofTheClock);
        }
        return tell(saga, told, CommandOptions.none())
                .thenCompose(result -> mayPass(result) && !closed
                        ? again(saga, command, attempt, result)
                        : CompletableFuture.completedFuture(result));
    }

    /**
     * Whether the answer may be another one later, when there is room, or a storage, or the saga lives on a node that
     * has newer code. All other answers are for ever.
     */
    static boolean mayPass(CommandResult<SagaEvent> result) {
        return switch (result) {
            case CommandResult.Accepted<SagaEvent> accepted -> false;
            case CommandResult.Refused<SagaEvent> no ->
                no.code().equals("unknown-definition") || no.code().equals("unreadable-context");
            case CommandResult.Failed<SagaEvent>(var error) -> switch (error) {
                case CommandError.Overloaded full -> true;
                case CommandError.NotYetReadable early -> true;
                case CommandError.ShuttingDown elsewhere -> true;
                case CommandError.AnotherWriter moved -> true;
                case CommandError.StorageUnavailable down -> true;
                case CommandError.NoAnswer lost -> true;
                case CommandError.Timeout late -> true;
                case CommandError.Validation no -> false;
                case CommandError.UnknownAggregate no -> false;
                case CommandError.Unwritable no -> false;
                case CommandError.NotPermitted no -> false;
                case CommandError.VersionConflict no -> false;
                case CommandError.HandlerFailed no -> false;
                case CommandError.Unreadable no -> false;
                case CommandError.Voided no -> false;
                case CommandError.IdempotencyConflict no -> false;
                case CommandError.WindowExpired no -> false;
            };
        };
    }

    private CompletionStage<CommandResult<SagaEvent>> again(String saga, Function<Instant, SagaCommand> command,
            int attempt, CommandResult<SagaEvent> answer) {
        if (attempt % LOGGED_FROM == 0) {
            system.log()
                    .warn("saga {} cannot be told what has happened, after {} attempts: {}", saga, attempt,
                            answer);
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
            later.complete(answer);
        }
        return later;
    }

    private static Duration pause(int attempt) {
        Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(attempt - 1, 10));
        return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
    }
}
