package dev.allframe.benchmarks;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.persistence.typed.PersistenceId;
import org.apache.pekko.persistence.typed.javadsl.CommandHandler;
import org.apache.pekko.persistence.typed.javadsl.EventHandler;
import org.apache.pekko.persistence.typed.javadsl.EventSourcedBehavior;

/** The least event-sourced actor on bare Pekko: it persists what it is given, counts it and says so. */
final class Keeper extends EventSourcedBehavior<Keeper.Command, Keeper.Kept, Long> {

    sealed interface Command {}

    /** @param done completed with the number of events when the event is stored */
    record Keep(String text, CompletableFuture<Long> done) implements Command {}

    /** Ends the actor. */
    enum Stop implements Command { INSTANCE }

    /** @param done completed with the number of events when they are recovered */
    record Count(CompletableFuture<Long> done) implements Command {}

    /** Bound to Jackson CBOR in the benchmark's configuration. */
    record Kept(String text) implements CborSerializable {}

    /** What is stored by Jackson CBOR. */
    interface CborSerializable {}

    private final Set<String> tags;

    private Keeper(String id, Set<String> tags) {
        super(PersistenceId.of("keeper", id));
        this.tags = tags;
    }

    /** An actor whose events have these tags. */
    static Behavior<Command> create(String id, Set<String> tags) {
        return new Keeper(id, tags);
    }

    @Override
    public Long emptyState() {
        return 0L;
    }

    @Override
    public CommandHandler<Command, Kept, Long> commandHandler() {
        return (count, command) -> switch (command) {
            case Keep keep -> Effect().persist(new Kept(keep.text)).thenRun(keep.done::complete);
            case Count asked -> Effect().none().thenRun(asked.done::complete);
            case Stop stop -> Effect().stop();
        };
    }

    @Override
    public Set<String> tagsFor(Kept kept) {
        return tags;
    }

    @Override
    public EventHandler<Long, Kept> eventHandler() {
        return (count, kept) -> count + 1;
    }
}
