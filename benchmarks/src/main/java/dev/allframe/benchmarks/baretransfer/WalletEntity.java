package dev.allframe.benchmarks.baretransfer;

import java.time.Duration;
import java.util.LinkedHashMap;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.persistence.typed.PersistenceId;
import org.apache.pekko.persistence.typed.javadsl.CommandHandlerWithReply;
import org.apache.pekko.persistence.typed.javadsl.EventHandler;
import org.apache.pekko.persistence.typed.javadsl.EventSourcedBehaviorWithEnforcedReplies;
import org.apache.pekko.persistence.typed.javadsl.RetentionCriteria;

/** A wallet that executes each of its last thousand commands once. */
final class WalletEntity
        extends
            EventSourcedBehaviorWithEnforcedReplies<WalletEntity.Change, WalletEntity.Changed, WalletEntity.State> {

    private static final int REMEMBERED = 1_000;

    /** @param amount what is put into it, or taken from it where it is negative */
    record Change(String commandId, long amount, ActorRef<Reply> replyTo) {}

    enum Reply {
        DONE, REFUSED
    }

    record Changed(String commandId, long amount) {}

    /** The map is changed in place: the actor alone sees it. */
    record State(long balance, LinkedHashMap<String, Long> commands) {
        State after(Changed changed) {
            commands.put(changed.commandId(), changed.amount());
            if (commands.size() > REMEMBERED) {
                commands.pollFirstEntry();
            }
            return new State(balance + changed.amount(), commands);
        }
    }

    private WalletEntity(String id) {
        super(PersistenceId.of("wallet", id),
                SupervisorStrategy.restartWithBackoff(Duration.ofMillis(200), Duration.ofSeconds(10), 0.2));
    }

    static Behavior<Change> create(String id) {
        return new WalletEntity(id);
    }

    @Override
    public State emptyState() {
        return new State(0, new LinkedHashMap<>());
    }

    @Override
    public CommandHandlerWithReply<Change, Changed, State> commandHandler() {
        return (state, change) -> {
            if (state.commands().containsKey(change.commandId())) {
                return Effect().reply(change.replyTo(), Reply.DONE);
            }
            return state.balance() + change.amount() < 0
                    ? Effect().reply(change.replyTo(), Reply.REFUSED)
                    : Effect().persist(new Changed(change.commandId(), change.amount()))
                            .thenReply(change.replyTo(), stored -> Reply.DONE);
        };
    }

    @Override
    public EventHandler<State, Changed> eventHandler() {
        return State::after;
    }

    @Override
    public RetentionCriteria retentionCriteria() {
        return RetentionCriteria.snapshotEvery(200, 2);
    }
}
