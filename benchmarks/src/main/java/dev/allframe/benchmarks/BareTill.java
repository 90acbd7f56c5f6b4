package dev.allframe.benchmarks;

import java.util.HashMap;
import java.util.Map;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.pattern.StatusReply;
import org.apache.pekko.persistence.typed.PersistenceId;
import org.apache.pekko.persistence.typed.javadsl.CommandHandlerWithReply;
import org.apache.pekko.persistence.typed.javadsl.EventHandler;
import org.apache.pekko.persistence.typed.javadsl.EventSourcedBehaviorWithEnforcedReplies;
import org.apache.pekko.persistence.typed.javadsl.ReplyEffect;

/** The measured aggregate as it is written on bare Pekko: no command ids, no metadata, no typed results. */
final class BareTill extends EventSourcedBehaviorWithEnforcedReplies<BareTill.Command, BareTill.PaidIn, BareTill.Till> {

    /** Bound to Jackson CBOR in the benchmark's configuration. */
    interface CborSerializable {}

    sealed interface Command extends CborSerializable {}

    record PayIn(String id, long amount, String reference, ActorRef<StatusReply<Long>> replyTo) implements Command {}

    enum Stop implements Command { INSTANCE }

    record PaidIn(long amount, String reference) implements CborSerializable {}

    record Till(long balance) implements CborSerializable {}

    private BareTill(String id) {
        super(PersistenceId.of("bare-till", id));
    }

    static Behavior<Command> create(String id) {
        return new BareTill(id);
    }

    /** The least that hosts instances outside a cluster: a parent that starts them and passes messages on. */
    static Behavior<Command> localHost() {
        return Behaviors.setup(context -> {
            Map<String, ActorRef<Command>> children = new HashMap<>();
            return Behaviors.receive(Command.class).onMessage(PayIn.class, command -> {
                children.computeIfAbsent(command.id(), id -> context.spawnAnonymous(create(id))).tell(command);
                return Behaviors.same();
            }).build();
        });
    }

    @Override
    public Till emptyState() {
        return new Till(0);
    }

    @Override
    public CommandHandlerWithReply<Command, PaidIn, Till> commandHandler() {
        return (till, command) -> switch (command) {
            case PayIn payIn -> onPayIn(payIn);
            case Stop stop -> Effect().stop().thenNoReply();
        };
    }

    private ReplyEffect<PaidIn, Till> onPayIn(PayIn payIn) {
        if (payIn.amount() <= 0) {
            return Effect().reply(payIn.replyTo(), StatusReply.error("amount must be greater than 0"));
        }
        return Effect().persist(new PaidIn(payIn.amount(), payIn.reference()))
                .thenReply(payIn.replyTo(), till -> StatusReply.success(till.balance()));
    }

    @Override
    public EventHandler<Till, PaidIn> eventHandler() {
        return (till, paidIn) -> new Till(till.balance() + paidIn.amount());
    }
}
