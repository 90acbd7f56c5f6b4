package dev.allframe.benchmarks.baretransfer;

import dev.allframe.benchmarks.baretransfer.TransferEvent.Compensated;
import dev.allframe.benchmarks.baretransfer.TransferEvent.Completed;
import dev.allframe.benchmarks.baretransfer.TransferEvent.Parked;
import dev.allframe.benchmarks.baretransfer.TransferEvent.Started;
import dev.allframe.benchmarks.baretransfer.TransferEvent.Taken;
import dev.allframe.benchmarks.baretransfer.TransferEvent.TurnedBack;
import dev.allframe.benchmarks.baretransfer.TransferState.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.persistence.typed.PersistenceId;
import org.apache.pekko.persistence.typed.RecoveryCompleted;
import org.apache.pekko.persistence.typed.javadsl.CommandHandler;
import org.apache.pekko.persistence.typed.javadsl.Effect;
import org.apache.pekko.persistence.typed.javadsl.EventHandler;
import org.apache.pekko.persistence.typed.javadsl.EventSourcedBehavior;
import org.apache.pekko.persistence.typed.javadsl.SignalHandler;

/**
 * One transfer: takes the money, puts it, or puts it back where it was. Each step is sent under an id of its own until
 * it is answered, also by the next incarnation, so that it is done once; one without an answer for a day parks the
 * transfer.
 */
final class TransferEntity extends EventSourcedBehavior<TransferEntity.Message, TransferEvent, TransferState> {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);
    private static final Duration PATIENCE = Duration.ofDays(1);

    sealed interface Message {}

    /** Starts it, once; is answered when it has ended. */
    record Start(String from, String to, long amount, ActorRef<Ended> replyTo) implements Message {}

    /** Ends the actor; what came before is answered. */
    enum Stop implements Message { INSTANCE }

    private record Answered(Phase phase, WalletEntity.Reply reply) implements Message {}

    private record Unanswered(Phase phase, String reason) implements Message {}

    private record Again(Phase phase) implements Message {}

    /** How it has ended, or that its id belongs to another transfer. */
    record Ended(Phase phase, String reason) {}

    private final String id;
    private final Function<String, ActorRef<WalletEntity.Change>> wallets;
    private final ActorRef<? super BareTransfers.Done> registry;
    private final ActorContext<Message> context;
    private final TimerScheduler<Message> timers;
    private final List<ActorRef<Ended>> waiting = new ArrayList<>();
    private int attempts;

    static Behavior<Message> create(String id, Function<String, ActorRef<WalletEntity.Change>> wallets,
            ActorRef<? super BareTransfers.Done> registry) {
        return Behaviors.setup(context -> Behaviors
                .withTimers(timers -> new TransferEntity(id, wallets, registry, context, timers)));
    }

    private TransferEntity(String id, Function<String, ActorRef<WalletEntity.Change>> wallets,
            ActorRef<? super BareTransfers.Done> registry, ActorContext<Message> context,
            TimerScheduler<Message> timers) {
        super(PersistenceId.of("transfer", id),
                SupervisorStrategy.restartWithBackoff(Duration.ofMillis(200), Duration.ofSeconds(10), 0.2));
        this.id = id;
        this.wallets = wallets;
        this.registry = registry;
        this.context = context;
        this.timers = timers;
    }

    @Override
    public TransferState emptyState() {
        return TransferState.NEW;
    }

    @Override
    public CommandHandler<Message, TransferEvent, TransferState> commandHandler() {
        return (state, message) -> switch (message) {
            case Start start -> onStart(state, start);
            case Answered(var phase, var reply) when phase == state.phase() -> onAnswered(state, reply);
            case Unanswered(var phase, var reason) when phase == state.phase() -> onUnanswered(state, reason);
            case Again(var phase) when phase == state.phase() -> Effect().none().thenRun(this::perform);
            case Stop stop -> Effect().stop();
            case Message stale -> Effect().none();
        };
    }

    private Effect<TransferEvent, TransferState> onStart(TransferState state, Start start) {
        if (state.phase() == Phase.NEW) {
            waiting.add(start.replyTo());
            return then(new Started(start.from(), start.to(), start.amount(), Instant.now()));
        }
        if (!state.is(start.from(), start.to(), start.amount())) {
            start.replyTo().tell(new Ended(Phase.NEW, "transfer " + id + " has other contents"));
            return Effect().none();
        }
        waiting.add(start.replyTo());
        return Effect().none().thenRun(this::endIfDone);
    }

    private Effect<TransferEvent, TransferState> onAnswered(TransferState state, WalletEntity.Reply reply) {
        boolean done = reply == WalletEntity.Reply.DONE;
        Instant now = Instant.now();
        return then(switch (state.phase()) {
            case TAKING -> done ? new Taken(now) : new Compensated(now, "not enough");
            case PUTTING -> done ? new Completed(now) : new TurnedBack(now, "the target refuses");
            case PUTTING_BACK -> done ? new Compensated(now, state.reason()) : new Parked(now, "the source refuses");
            case NEW, COMPLETED, COMPENSATED, PARKED -> throw new IllegalStateException("nothing is under way");
        });
    }

    private Effect<TransferEvent, TransferState> onUnanswered(TransferState state, String reason) {
        if (Instant.now().isAfter(state.since().plus(PATIENCE))) {
            return then(new Parked(Instant.now(), reason));
        }
        context.getLog().warn("transfer {} has no answer: {}", id, reason);
        Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(attempts++, 11));
        timers.startSingleTimer(new Again(state.phase()),
                pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE);
        return Effect().none();
    }

    private Effect<TransferEvent, TransferState> then(TransferEvent event) {
        return Effect().persist(event).thenRun((TransferState state) -> {
            attempts = 0;
            perform(state);
        });
    }

    private void perform(TransferState state) {
        switch (state.phase()) {
            case TAKING -> send(state, state.from(), -state.amount());
            case PUTTING -> send(state, state.to(), state.amount());
            case PUTTING_BACK -> send(state, state.from(), state.amount());
            case NEW -> {
            }
            case COMPLETED, COMPENSATED, PARKED -> endIfDone(state);
        }
    }

    private void send(TransferState state, String wallet, long amount) {
        Phase phase = state.phase();
        context.ask(WalletEntity.Reply.class, wallets.apply(wallet), TIMEOUT,
                (ActorRef<WalletEntity.Reply> replyTo) -> new WalletEntity.Change("transfer/" + id + "/" + phase,
                        amount,
                        replyTo),
                (reply, failure) -> failure == null
                        ? new Answered(phase, reply)
                        : new Unanswered(phase, failure.toString()));
    }

    private void endIfDone(TransferState state) {
        if (state.phase().isEnd()) {
            waiting.forEach(each -> each.tell(new Ended(state.phase(), state.reason())));
            waiting.clear();
            registry.tell(new BareTransfers.Done(id));
        }
    }

    @Override
    public EventHandler<TransferState, TransferEvent> eventHandler() {
        return TransferState::after;
    }

    @Override
    public SignalHandler<TransferState> signalHandler() {
        return newSignalHandlerBuilder().onSignal(RecoveryCompleted.instance(), this::perform).build();
    }
}
