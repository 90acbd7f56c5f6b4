package dev.allframe.runtime.aggregate;

import dev.allframe.runtime.storage.ConfigurationException;
import dev.allframe.runtime.storage.StoragePlugins;
import dev.allframe.store.Registration;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.PreRestart;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.ClusterEvent;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Subscribe;
import org.jspecify.annotations.Nullable;

/**
 * Refuses to host aggregates on storage that other members cannot see, while another member is up: an instance that
 * moved there would start empty.
 *
 * <p>Asked by every instance before every command, from any thread; changed by an actor that listens to the cluster.
 */
public final class VisibilityGuard {

    /** Actor names are unique in an actor system, which may have several AllFrames. */
    private static final AtomicLong STARTED = new AtomicLong();

    private static final SupervisorStrategy RESTART = SupervisorStrategy.restartWithBackoff(Duration.ofMillis(200),
            Duration.ofSeconds(10), 0.2);

    private final AtomicReference<@Nullable String> refusal = new AtomicReference<>();
    private final List<Runnable> changes = new CopyOnWriteArrayList<>();
    private @Nullable ActorRef<ClusterEvent.MemberEvent> listener;

    private VisibilityGuard() {}

    /** A guard that never refuses: for one process, and for storage that every member sees. */
    static VisibilityGuard open() {
        return new VisibilityGuard();
    }

    /**
     * A guard for a member of a cluster.
     *
     * @throws ConfigurationException if another member is up and cannot see the storage
     */
    static VisibilityGuard of(ActorSystem<?> system, StoragePlugins storage) {
        VisibilityGuard guard = open();
        switch (storage.visibility()) {
            case CLUSTER -> {
            }
            case UNKNOWN -> throw new ConfigurationException("whether every member of the cluster sees journal \""
                    + storage.name() + "\" is not known: set allframe.pekko-journal-visible-to to cluster or process");
            case PROCESS -> {
                guard.refuseBeside(othersIn(system), storage);
                String refused = guard.refusal();
                if (refused != null) {
                    throw new ConfigurationException(refused);
                }
                guard.listener = system.systemActorOf(guard.listener(system, storage),
                        "allframe-visibility-" + STARTED.incrementAndGet(), Props.empty());
            }
        }
        return guard;
    }

    /** Why no command may be executed here, and no event applied; null where it may. */
    public @Nullable String refusal() {
        return refusal.get();
    }

    /** Calls back behind each change of the refusal, on the thread that has changed it; not for what is so already. */
    public Registration onChange(Runnable changed) {
        changes.add(changed);
        return () -> changes.remove(changed);
    }

    private void refuse(@Nullable String why) {
        if (!Objects.equals(refusal.getAndSet(why), why)) {
            changes.forEach(Runnable::run);
        }
    }

    /** Stops listening. */
    void close(ActorSystem<?> system) {
        if (listener != null) {
            Adapter.toClassic(system).stop(Adapter.toClassic(listener));
        }
    }

    private static Set<Address> othersIn(ActorSystem<?> system) {
        Set<Address> others = new LinkedHashSet<>();
        Cluster.get(system).state().getMembers().forEach(member -> others.add(member.address()));
        others.remove(Cluster.get(system).selfMember().address());
        return others;
    }

    private void refuseBeside(Set<Address> others, StoragePlugins storage) {
        refuse(others.stream()
                .findFirst()
                .map(address -> "storage \"" + storage.name() + "\" is visible to this process alone, but member "
                        + address
                        + " is in the cluster too: configure storage that every member sees, or run one member")
                .orElse(null));
    }

    /** Starts again when it fails; until it has, and when it has ended, no command is executed. */
    private Behavior<ClusterEvent.MemberEvent> listener(ActorSystem<?> system, StoragePlugins storage) {
        Behavior<ClusterEvent.MemberEvent> listening = Behaviors.setup(context -> {
            Address self = Cluster.get(system).selfMember().address();
            Set<Address> others = othersIn(system);
            Cluster.get(system)
                    .subscriptions()
                    .tell(Subscribe.create(context.getSelf(), ClusterEvent.MemberEvent.class));
            refuseBeside(others, storage);
            return Behaviors.receive(ClusterEvent.MemberEvent.class).onAnyMessage(event -> {
                Address address = event.member().address();
                if (event instanceof ClusterEvent.MemberRemoved || event instanceof ClusterEvent.MemberDowned) {
                    others.remove(address);
                } else if (!address.equals(self)) {
                    others.add(address);
                }
                refuseBeside(others, storage);
                return Behaviors.same();
            })
                    .onSignal(PreRestart.class, signal -> blind(storage))
                    .onSignal(PostStop.class, signal -> blind(storage))
                    .build();
        });
        return Behaviors.supervise(listening).onFailure(RESTART);
    }

    private Behavior<ClusterEvent.MemberEvent> blind(StoragePlugins storage) {
        refuse("storage \"" + storage.name() + "\" is visible to this process alone, and the actor that learns"
                + " of other members has failed or ended: whether this member is alone is not known");
        return Behaviors.same();
    }
}
