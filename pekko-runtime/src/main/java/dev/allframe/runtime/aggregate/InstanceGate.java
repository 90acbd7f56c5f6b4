package dev.allframe.runtime.aggregate;

import dev.allframe.command.CommandError;
import dev.allframe.runtime.aggregate.AggregateMessage.Execute;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.BehaviorInterceptor;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.Signal;
import org.apache.pekko.actor.typed.TypedActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.persistence.JournalProtocol;
import org.jspecify.annotations.Nullable;

/**
 * Stands before the event-sourced actor of an instance and sees to it that every command gets its reply. An
 * event-sourced actor keeps commands back while it recovers, stores or rests after a failure; it drops what it has no
 * room for, and everything when it ends. The gate knows what is kept back: it answers what there is no room for, and
 * what the actor will never come to.
 *
 * <p>While the actor rests after a recovery that failed, Pekko would keep back commands and being told to stop, perhaps
 * for ever. The gate answers the former with what went wrong, and obeys the latter. Where what is stored cannot be
 * read, it does not let Pekko try again: the instance answers until it is stopped.
 *
 * <p>It also lets the actor see one failure for each failed write, and not one for each event in it. The first makes
 * the actor start again; the others would arrive while it recovers, be kept back like commands, and when they are taken
 * out again, Pekko 1.7 stops taking out what waits behind them. A write that the journal rejects is a failed write too:
 * Pekko would end the actor, and what is on its way to it at that moment would never be answered.
 *
 * <p>Where the actor has to recover in another way, because its snapshot is of another shape, the gate puts a new
 * behavior in the place of the old one and tells it what that has kept back.
 *
 * <p>Where the actor waits for something else than its journal, the gate keeps back what comes meanwhile: Pekko's stash
 * for that purpose forgets to go on where the next write fails.
 *
 * <p>Belongs to one actor: used by its thread alone.
 */
final class InstanceGate extends BehaviorInterceptor<Object, AggregateMessage> {

    private static final int NONE = -1;

    private final Supplier<Behavior<AggregateMessage>> behavior;
    private final int limit;
    private final Home home;

    /** Commands that were let in and not yet taken by the actor's handler, with their order. */
    private final IdentityHashMap<Execute, Long> waiting = new IdentityHashMap<>();

    /** How many commands were let in, which is their order. */
    private long letIn;

    /**
     * Commands that were answered here instead. Pekko keeps them back all the same, and they need room until the
     * handler takes them.
     */
    private final Set<Execute> answered = Collections.newSetFromMap(new IdentityHashMap<>());

    /** Why the last recovery failed; null where it did not. */
    private @Nullable CommandError unrecovered;

    /** Messages that the handler will take later, in their order. */
    private final List<AggregateMessage> keptBack = new ArrayList<>();

    /** The handler takes them now. */
    private boolean released;

    private boolean stopAsked;

    /** A new behavior is to take the place of the one that is there, and what Pekko has kept back for that is lost. */
    private boolean beginsAgain;

    /**
     * The incarnation of the actor whose write has failed; ids of incarnations are not negative and never used twice.
     */
    private int failedIncarnation = NONE;

    private InstanceGate(Gated behavior, int limit, Home home) {
        super(Object.class);
        this.home = home;
        this.behavior = behavior.behind(this);
        this.limit = limit;
    }

    /** How event-sourced behaviors are made that know their gate. */
    interface Gated {
        Supplier<Behavior<AggregateMessage>> behind(InstanceGate gate);
    }

    /**
     * Puts a gate before a behavior.
     *
     * @param limit how many commands may wait
     * @param home is told when the instance has ended
     */
    static Behavior<AggregateMessage> before(Gated behavior, int limit, Home home) {
        return Behaviors.setup(context -> {
            InstanceGate gate = new InstanceGate(behavior, limit, home);
            return Behaviors.intercept(() -> gate, gate.behavior.get()).narrow();
        });
    }

    @Override
    @SuppressWarnings("unchecked") // what the journal sends is none of ours, and an event-sourced behavior takes it all the same
    public Behavior<AggregateMessage> aroundReceive(TypedActorContext<Object> context, Object received,
            ReceiveTarget<AggregateMessage> target) {
        Object message = received instanceof JournalProtocol.WriteMessageRejected rejected
                ? new JournalProtocol.WriteMessageFailure(rejected.message(),
                        new WriteFailures.RejectedException(rejected.cause()), rejected.actorInstanceId())
                : received;
        if (message instanceof Execute execute && !letIn(execute)) {
            return Behaviors.same();
        }
        if (message == AggregateMessage.Stop.INSTANCE) {
            if (unrecovered != null) {
                return Behaviors.stopped();
            }
            stopAsked = true;
        }
        if (unrecovered instanceof CommandError.Unreadable) {
            return Behaviors.same(); // such as that it is time to start again
        }
        if (message instanceof JournalProtocol.WriteMessageFailure failure) {
            if (failure.actorInstanceId() == failedIncarnation) {
                return Behaviors.same();
            }
            failedIncarnation = failure.actorInstanceId();
        }
        Behavior<Object> next = ((ReceiveTarget<Object>) (ReceiveTarget<?>) target).apply(context, message)
                .unsafeCast();
        if (released) {
            released = false;
            next = afterKeptBack(context, next, (ReceiveTarget<Object>) (ReceiveTarget<?>) target);
        }
        return (beginsAgain && Behavior.isAlive(next) ? begun(context) : next).unsafeCast();
    }

    /** The behavior after the messages that were kept back, which it gets before anything that comes now. */
    private Behavior<Object> afterKeptBack(TypedActorContext<Object> context, Behavior<Object> first,
            ReceiveTarget<Object> unchanged) {
        List<AggregateMessage> messages = List.copyOf(keptBack);
        keptBack.clear();
        Behavior<Object> current = first;
        for (AggregateMessage message : messages) {
            if (!Behavior.isAlive(current)) {
                return current;
            }
            current = isSame(current)
                    ? unchanged.apply(context, message).unsafeCast()
                    : Behavior.canonicalize(Behavior.interpretMessage(current, context, message), current, context);
        }
        return current;
    }

    /**
     * The new behavior, which was told what the one before had kept back: in the order in which it came, and before
     * anything that comes now.
     */
    private Behavior<Object> begun(TypedActorContext<Object> context) {
        beginsAgain = false;
        answered.clear();
        List<Object> kept = new ArrayList<>(waiting.keySet());
        kept.sort(Comparator.comparing(waiting::get));
        if (stopAsked) {
            kept.add(AggregateMessage.Stop.INSTANCE);
        }
        Behavior<Object> current = Behavior.start(behavior.get().unsafeCast(), context);
        for (Object message : kept) {
            current = Behavior.canonicalize(Behavior.interpretMessage(current, context, message), current, context);
        }
        return current;
    }

    private static boolean isSame(Behavior<Object> behavior) {
        return behavior.equals(Behaviors.same()) || Behavior.isUnhandled(behavior);
    }

    private boolean letIn(Execute execute) {
        if (unrecovered != null) {
            execute.fail(unrecovered);
            return false;
        }
        if (waiting.size() + answered.size() >= limit) {
            execute.fail(new CommandError.Overloaded(limit));
            return false;
        }
        waiting.put(execute, letIn++);
        return true;
    }

    @Override
    public Behavior<AggregateMessage> aroundSignal(TypedActorContext<Object> context, Signal signal,
            SignalTarget<AggregateMessage> target) {
        Behavior<AggregateMessage> next = target.apply(context, signal);
        if (signal instanceof PostStop) {
            answerWaiting(CommandError.NoAnswer.notExecuted("the instance was stopped before it came to the command"));
            home.ended();
        }
        return next;
    }

    /**
     * Called by the actor's handler for each command: false for one that has been answered in the meantime, or is for
     * the behavior that begins.
     */
    boolean take(Execute execute) {
        return !beginsAgain && !answered.remove(execute) && waiting.remove(execute) != null;
    }

    /** Called by the actor's handler for a message that it takes after it has called {@link #release}. */
    void keepBack(AggregateMessage message) {
        keptBack.add(message);
    }

    /** Called by the actor's handler: it takes what was kept back, after the message that it handles. */
    void release() {
        released = true;
    }

    /** Called by the actor when a recovery has failed: answers what waits, and what comes until one succeeds. */
    void recoveryFailed(CommandError error, ActorRef<AggregateMessage> self) {
        unrecovered = error;
        answerWaiting(error);
        if (stopAsked) {
            self.tell(AggregateMessage.Stop.INSTANCE); // Pekko keeps the first one back
        }
    }

    /**
     * Called by the actor when it is recovered, and another behavior is to recover in its place: that is told what
     * waits, and to stop where it was asked.
     */
    void beginAgain() {
        beginsAgain = true;
    }

    /** Called by the actor's handler when it is told to stop: false where that is for the behavior that begins. */
    boolean mayStop() {
        return !beginsAgain;
    }

    /** Called by the actor when it is recovered. */
    void recovered() {
        unrecovered = null;
    }

    private void answerWaiting(CommandError error) {
        waiting.keySet().forEach(execute -> execute.fail(error));
        answered.addAll(waiting.keySet());
        waiting.clear();
    }
}
