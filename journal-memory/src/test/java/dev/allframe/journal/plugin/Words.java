package dev.allframe.journal.plugin;

import java.util.List;
import java.util.Set;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.pattern.StatusReply;
import org.apache.pekko.persistence.typed.PersistenceId;
import org.apache.pekko.persistence.typed.javadsl.CommandHandlerWithReply;
import org.apache.pekko.persistence.typed.javadsl.EventHandler;
import org.apache.pekko.persistence.typed.javadsl.EventSourcedBehaviorWithEnforcedReplies;
import org.apache.pekko.persistence.typed.javadsl.RetentionCriteria;

/** A persistent actor that concatenates words: its events and its state are strings. */
final class Words extends EventSourcedBehaviorWithEnforcedReplies<Words.Command, String, String> {

    sealed interface Command {}

    record Add(List<String> words, ActorRef<StatusReply<Done>> replyTo) implements Command {}

    record Get(ActorRef<StatusReply<String>> replyTo) implements Command {}

    record Stop(ActorRef<StatusReply<Done>> replyTo) implements Command {}

    private final RetentionCriteria retention;

    private Words(PersistenceId id, RetentionCriteria retention) {
        super(id);
        this.retention = retention;
    }

    static Behavior<Command> create(String type, String id, RetentionCriteria retention) {
        return new Words(PersistenceId.of(type, id), retention);
    }

    @Override
    public String emptyState() {
        return "";
    }

    @Override
    public CommandHandlerWithReply<Command, String, String> commandHandler() {
        return (state, command) -> switch (command) {
            case Add(var words, var replyTo) -> Effect().persist(words)
                    .thenReply(replyTo, added -> StatusReply.ack());
            case Get(var replyTo) -> Effect().reply(replyTo, StatusReply.success(state));
            case Stop(var replyTo) -> Effect().stop().thenReply(replyTo, stopped -> StatusReply.ack());
        };
    }

    @Override
    public EventHandler<String, String> eventHandler() {
        return (state, word) -> state + word;
    }

    @Override
    public Set<String> tagsFor(String word) {
        return word.startsWith("#") ? Set.of("special") : Set.of();
    }

    @Override
    public RetentionCriteria retentionCriteria() {
        return retention;
    }
}
