package dev.allframe.benchmarks.baretransfer;

import dev.allframe.benchmarks.baretransfer.TransferEntity.Ended;
import dev.allframe.benchmarks.baretransfer.TransferState.Phase;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.persistence.query.PersistenceQuery;
import org.apache.pekko.persistence.query.javadsl.CurrentPersistenceIdsQuery;

/** Hosts transfers on this node; goes on with those that had not ended when the node before stopped. Thread-safe. */
public final class BareTransfers {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String PREFIX = "transfer|";

    sealed interface Message {}

    private record Start(String id, TransferEntity.Start start) implements Message {}

    private record Resume(String id) implements Message {}

    /** A transfer has ended, so that its actor is not needed. */
    record Done(String id) implements Message {}

    private final ActorSystem<?> system;
    private final ActorRef<Message> registry;
    private final Map<String, ActorRef<WalletEntity.Change>> wallets = new ConcurrentHashMap<>();

    /** Begins with what is stored. */
    public BareTransfers(ActorSystem<?> system) {
        this.system = system;
        registry = system.systemActorOf(Behaviors.setup(context -> new Registry(context, this)), "transfers",
                Props.empty());
        PersistenceQuery.get(system)
                .getReadJournalFor(CurrentPersistenceIdsQuery.class, "allsource.query")
                .currentPersistenceIds()
                .filter(id -> id.startsWith(PREFIX))
                .runForeach(id -> registry.tell(new Resume(id.substring(PREFIX.length()))), system);
    }

    /** Puts money into a wallet. */
    public CompletionStage<?> fill(String id, long amount) {
        return AskPattern.<WalletEntity.Change, WalletEntity.Reply>ask(wallet(id),
                replyTo -> new WalletEntity.Change(UUID.randomUUID().toString(), amount, replyTo), PATIENCE,
                system.scheduler());
    }

    /** Completes when the transfer has ended; fails unless it has completed. */
    public CompletionStage<?> transfer(String id, String from, String to, long amount) {
        return AskPattern.<Message, Ended>ask(registry,
                replyTo -> new Start(id, new TransferEntity.Start(from, to, amount, replyTo)), PATIENCE,
                system.scheduler()).thenAccept(ended -> {
                    if (ended.phase() != Phase.COMPLETED) {
                        throw new IllegalStateException(ended.toString());
                    }
                });
    }

    private ActorRef<WalletEntity.Change> wallet(String id) {
        return wallets.computeIfAbsent(id,
                name -> system.systemActorOf(WalletEntity.create(name), "wallet-" + name, Props.empty()));
    }

    private static final class Registry extends AbstractBehavior<Message> {

        private final BareTransfers owner;
        private final Map<String, ActorRef<TransferEntity.Message>> running = new HashMap<>();

        Registry(ActorContext<Message> context, BareTransfers owner) {
            super(context);
            this.owner = owner;
        }

        @Override
        public Receive<Message> createReceive() {
            return newReceiveBuilder().onMessage(Start.class, start -> {
                transfer(start.id).tell(start.start);
                return this;
            }).onMessage(Resume.class, resume -> {
                transfer(resume.id);
                return this;
            }).onMessage(Done.class, done -> {
                ActorRef<TransferEntity.Message> transfer = running.remove(done.id);
                if (transfer != null) {
                    transfer.tell(TransferEntity.Stop.INSTANCE);
                }
                return this;
            }).build();
        }

        /** One that was told to stop keeps its name until it has, so that the next has another. */
        private ActorRef<TransferEntity.Message> transfer(String id) {
            return running.computeIfAbsent(id, name -> getContext().spawnAnonymous(
                    TransferEntity.create(name, owner::wallet, getContext().getSelf().narrow())));
        }
    }
}
