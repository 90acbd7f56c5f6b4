package dev.allframe.runtime.command;

import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Command;
import dev.allframe.aggregate.Event;
import dev.allframe.codec.UnwritableException;
import dev.allframe.codec.jackson.CommandFingerprint;
import dev.allframe.command.CommandBus;
import dev.allframe.command.CommandError;
import dev.allframe.command.CommandInterceptor;
import dev.allframe.command.CommandOptions;
import dev.allframe.command.CommandResult;
import dev.allframe.command.Dispatch;
import dev.allframe.command.ValidationError;
import dev.allframe.failure.Failures;
import dev.allframe.runtime.aggregate.AggregateHost;
import dev.allframe.runtime.aggregate.AggregateMessage;
import dev.allframe.runtime.aggregate.AggregateMessage.Execute;
import dev.allframe.runtime.aggregate.AggregateMessage.Reply;
import dev.allframe.runtime.aggregate.Hosting;
import dev.allframe.runtime.aggregate.VoidCommand;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.jspecify.annotations.Nullable;

/**
 * Dispatches commands to the hosts of one actor system. The stages it returns never fail, and each is completed on a
 * virtual thread of its own: a caller's code may wait there for another dispatch, and an actor's thread goes on. What
 * is under way is counted and bounded for each bus, so that a flood of commands is refused instead of filling
 * mailboxes, and two buses do not take each other's room.
 */
public final class ActorCommandBus implements CommandBus {

    /** How Pekko says that the recipient of a question had ended before it was asked; it has no type of its own. */
    private static final String TERMINATED = "had already been terminated";

    private final ActorSystem<?> system;
    private final Map<String, HostedAggregate> hosts;
    private final Clock clock;
    private final Duration commandTimeout;
    private final int maxInFlight;
    private final CommandValidator validator;
    private final PendingCommands pending;
    private final List<CommandInterceptor> interceptors;
    private volatile boolean closed;

    /**
     * Where the commands of an aggregate go.
     *
     * @param type the registered type
     * @param host its host
     */
    public record HostedAggregate(AggregateType<?, ?, ?> type, AggregateHost host) {}

    /**
     * A bus whose bound is {@code allframe.max-in-flight}.
     *
     * @param hosts by the names of their aggregates
     * @param interceptors the outermost first
     */
    public ActorCommandBus(ActorSystem<?> system, Map<String, HostedAggregate> hosts, Hosting hosting,
            List<CommandInterceptor> interceptors) {
        this(system, hosts, hosting.clock(), hosting.settings().commandTimeout(), hosting.settings().maxInFlight(),
                new CommandValidator(), interceptors, Thread::startVirtualThread);
    }

    private ActorCommandBus(ActorSystem<?> system, Map<String, HostedAggregate> hosts, Clock clock,
            Duration commandTimeout, int maxInFlight, CommandValidator validator,
            List<CommandInterceptor> interceptors, Executor answers) {
        this.interceptors = List.copyOf(interceptors);
        this.system = system;
        this.hosts = Map.copyOf(hosts);
        this.clock = clock;
        this.commandTimeout = commandTimeout;
        this.maxInFlight = maxInFlight;
        this.validator = validator;
        this.pending = new PendingCommands(maxInFlight, answers);
        PendingCommands waiting = pending; // all that the actor system keeps of a bus that was closed before it
        system.getWhenTerminated().thenRun(() -> waiting.abandon("the actor system has ended"));
    }

    /**
     * Another bus beside this one, without interceptors: what is under way on either takes no room on the other. It is
     * closed by itself. Its stages are completed on the threads that know the results, which are those of actors:
     * whoever follows them must not wait there, nor run a user's code.
     *
     * @param others where its commands go, by the names of the aggregates
     * @param bound how many commands may be under way, 1 or more
     */
    public ActorCommandBus beside(Map<String, HostedAggregate> others, int bound) {
        return new ActorCommandBus(system, others, clock, commandTimeout, bound, validator, List.of(), Runnable::run);
    }

    /** Takes no more commands: each is answered as for an aggregate that is not registered. */
    public void close() {
        closed = true;
    }

    /** Completes when every dispatch that waits at this moment has its result. */
    public CompletableFuture<Void> answered() {
        return pending.answered();
    }

    /** Answers every dispatch that still waits: nobody is left who could. */
    public void abandon() {
        pending.abandon("AllFrame was closed");
        pending.answered().completeOnTimeout(null, 1, TimeUnit.SECONDS).join();
    }

    @Override
    public <C extends Command, E extends Event, S> CompletionStage<CommandResult<E>> dispatch(
            AggregateType<C, E, S> type, String id, C command,
            CommandOptions options) {
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(command, "command");
        Objects.requireNonNull(options, "options");
        return around(0, new Dispatch<>(type, id, command, options));
    }

    private <E extends Event> CompletionStage<CommandResult<E>> around(int interceptor, Dispatch<E> dispatch) {
        if (interceptor == interceptors.size()) {
            Command command = dispatch.command();
            return command == null ? voidNow(dispatch) : dispatchNow(dispatch, command);
        }
        AtomicBoolean passedOn = new AtomicBoolean();
        CommandInterceptor outer = interceptors.get(interceptor);
        String method = "around of " + outer.getClass().getName();
        try {
            CompletionStage<CommandResult<E>> answer = outer.around(dispatch, next -> {
                Objects.requireNonNull(next, method + " passed null on");
                passedOn.set(true);
                return around(interceptor + 1, next);
            });
            return Objects.requireNonNull(answer, method + " gave null")
                    .thenApply(result -> Objects.requireNonNull(result, method + " gave a null result"))
                    .exceptionally(
                            failure -> new CommandResult.Failed<>(interceptorFailed(dispatch, passedOn, failure)));
        } catch (Throwable defect) {
            return failed(interceptorFailed(dispatch, passedOn, keepingInterrupt(defect)));
        }
    }

    /** Interrupted code may throw what it does not declare; the caller's thread is interrupted all the same. */
    private static Throwable keepingInterrupt(Throwable defect) {
        if (defect instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
        return defect;
    }

    /** What became of a command that was passed on is not known any more. */
    private static CommandError interceptorFailed(Dispatch<?> dispatch, AtomicBoolean passedOn, Throwable failure) {
        String description = Failures.description(Failures.unwrapped(failure));
        return passedOn.get()
                ? CommandError.NoAnswer.unknown(
                        "an interceptor failed when it had passed the command on: " + description,
                        isRecognised(dispatch.type(), dispatch.options()))
                : new CommandError.HandlerFailed(description);
    }

    /** Whether an instance recognises the command when it is repeated. */
    private static boolean isRecognised(AggregateType<?, ?, ?> type, CommandOptions options) {
        return options.commandId() != null && type.rememberedCommands() > 0;
    }

    private <E extends Event> CompletionStage<CommandResult<E>> dispatchNow(Dispatch<E> dispatch, Command command) {
        AggregateType<?, E, ?> type = dispatch.type();
        String id = dispatch.id();
        CommandOptions options = dispatch.options();
        CommandError refused = refusal(type, id);
        if (refused != null) {
            return failed(refused);
        }
        try {
            List<ValidationError> violations = validator.validate(command);
            if (!violations.isEmpty()) {
                return failed(new CommandError.Validation(violations));
            }
            String fingerprint = isRecognised(type, options) ? CommandFingerprint.of(command) : null;
            return ask(type, id, command, fingerprint, options);
        } catch (UnwritableException unwritable) {
            return failed(new CommandError.Unwritable(Failures.message(unwritable)));
        } catch (Throwable defect) { // of a constraint or a component
            return failed(new CommandError.HandlerFailed(Failures.description(keepingInterrupt(defect))));
        }
    }

    @Override
    public <C extends Command, E extends Event, S> CompletionStage<CommandResult<E>> voidCommand(
            AggregateType<C, E, S> type, String id, CommandOptions options) {
        Objects.requireNonNull(id, "id");
        if (options.commandId() == null) {
            throw new IllegalArgumentException("name the command id that is to be void");
        }
        HostedAggregate registration = hosts.get(type.name());
        if (type.rememberedCommands() == 0
                || (registration != null && registration.type.rememberedCommands() == 0)) {
            throw new IllegalArgumentException(
                    type + " remembers no command ids, so that none can be void; see rememberCommands");
        }
        return around(0, new Dispatch<>(type, id, null, options));
    }

    private <E extends Event> CompletionStage<CommandResult<E>> voidNow(Dispatch<E> dispatch) {
        CommandError refused = refusal(dispatch.type(), dispatch.id());
        if (refused == null && dispatch.options().commandId() == null) {
            return failed(
                    new CommandError.HandlerFailed("an interceptor has removed the command id that was to be void"));
        }
        if (refused != null) {
            return failed(refused);
        }
        try {
            return ask(dispatch.type(), dispatch.id(), VoidCommand.INSTANCE, null, dispatch.options());
        } catch (Throwable defect) { // of the clock
            return failed(new CommandError.HandlerFailed(Failures.description(keepingInterrupt(defect))));
        }
    }

    /** Why nothing can be asked of an instance; null where it can. */
    private @Nullable CommandError refusal(AggregateType<?, ?, ?> type, String id) {
        HostedAggregate registration = hosts.get(type.name());
        if (closed) {
            return new CommandError.ShuttingDown();
        }
        if (registration == null || registration.type.commandClass() != type.commandClass()) {
            return new CommandError.UnknownAggregate(type.name());
        }
        String wrongId = wrongWithId(id);
        return wrongId == null
                ? null
                : new CommandError.Validation(List.of(new ValidationError("id", wrongId, "InstanceId", id)));
    }

    /**
     * Null for nothing. An unpaired surrogate has no bytes of its own in UTF-8: two ids would be one actor, one file,
     * one stream.
     */
    private static @Nullable String wrongWithId(String id) {
        if (id.isEmpty() || id.indexOf('|') >= 0) {
            return "must not be empty and must not contain '|'";
        }
        return StandardCharsets.UTF_8.newEncoder().canEncode(id) ? null : "must not have an unpaired surrogate";
    }

    private <E extends Event> CompletionStage<CommandResult<E>> ask(AggregateType<?, E, ?> type, String id,
            Command command, @Nullable String fingerprint, CommandOptions options) {
        AggregateHost host = Objects.requireNonNull(hosts.get(type.name()), "refused before").host;
        Duration timeout = options.timeout() == null ? commandTimeout : options.timeout();
        long expiresAt = clock.millis() + timeout.toMillis(); // a clock of the user's may throw
        PendingCommands.Pending<E> waiting = pending.add(isRecognised(type, options));
        if (waiting == null) {
            return failed(new CommandError.Overloaded(maxInFlight));
        }
        if (waiting.result().isDone()) {
            return waiting.result();
        }
        try {
            AskPattern.<AggregateMessage, Reply>ask(host.entrance(),
                    replyTo -> new Execute(type.name(), id, command, options.commandId(), fingerprint,
                            options.expected(), options.correlationId(), options.causationId(), options.headers(),
                            options.issuedAt(), expiresAt, replyTo),
                    timeout, system.scheduler())
                    .whenComplete((reply, failure) -> pending.complete(waiting, failure == null
                            ? typed(reply.result())
                            : new CommandResult.Failed<>(
                                    errorOf(failure, host, timeout, isRecognised(type, options)))));
        } catch (RuntimeException notSent) {
            boolean ended = notSent instanceof IllegalStateException; // as Pekko's timers are by then
            pending.complete(waiting, new CommandResult.Failed<>(ended
                    ? new CommandError.ShuttingDown()
                    : CommandError.NoAnswer
                            .notExecuted("the command was not sent: " + Failures.description(notSent))));
        } catch (Error atAnyMoment) {
            pending.complete(waiting, new CommandResult.Failed<>(CommandError.NoAnswer.unknown(
                    "the command may have been sent: " + Failures.description(atAnyMoment),
                    isRecognised(type, options))));
        }
        return waiting.result();
    }

    /**
     * The result of a command of an aggregate has that aggregate's events: its own actor made it, or our serializer
     * with its codec.
     */
    @SuppressWarnings("unchecked")
    private static <E extends Event> CommandResult<E> typed(CommandResult<?> result) {
        return (CommandResult<E>) result;
    }

    private static CommandError errorOf(Throwable failure, AggregateHost host, Duration timeout, boolean identified) {
        Throwable cause = Failures.unwrapped(failure);
        if (Failures.message(cause).contains(TERMINATED)) {
            return new CommandError.ShuttingDown();
        }
        return cause instanceof TimeoutException
                ? new CommandError.Timeout(timeout, host.hint(), identified)
                : CommandError.NoAnswer.unknown(Failures.description(cause), identified);
    }

    private static <E extends Event> CompletionStage<CommandResult<E>> failed(CommandError error) {
        return CompletableFuture.completedFuture(new CommandResult.Failed<>(error));
    }
}
