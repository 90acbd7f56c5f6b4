package dev.allframe.runtime.aggregate;

import dev.allframe.command.CommandError;
import dev.allframe.runtime.aggregate.AggregateMessage.Execute;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import org.apache.pekko.Done;
import org.apache.pekko.actor.NoSerializationVerificationNeeded;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;

/**
 * Hosts the instances of one aggregate type in this process: the part of cluster sharding that one node needs, on the
 * scheduler's time, so that a test's virtual time passivates.
 *
 * <p>A message to an instance that is stopping waits until it has stopped, then starts it anew: at no moment do two
 * actors of one instance exist. What waits is bounded by {@code allframe.max-in-flight}, the number of commands under
 * way.
 *
 * <p>Its behavior takes any object, so that its own messages are nobody else's business; the world sees an entrance for
 * {@link AggregateMessage}.
 */
final class LocalHost extends AbstractBehavior<Object> {

    /**
     * An instance counts as idle for {@code passivate-after} when this many sweeps have passed without a command, of
     * four in that time.
     */
    private static final int IDLE_SWEEPS = 5;

    /** Makes names unique: that of a host that has just stopped may not be free yet. */
    private static final AtomicLong STARTED = new AtomicLong();

    private record Stopped(String id, Instance instance) implements NoSerializationVerificationNeeded {}

    private record Release(String id) implements NoSerializationVerificationNeeded {}

    private enum Sweep implements NoSerializationVerificationNeeded { INSTANCE }

    private enum StopAll implements NoSerializationVerificationNeeded { INSTANCE }

    /** One instance; {@code waiting} is there from the moment it was told to stop. */
    private static final class Instance {

        private final ActorRef<AggregateMessage> ref;
        private int idleSweeps;
        private @Nullable Queue<Execute> waiting;

        Instance(ActorRef<AggregateMessage> ref) {
            this.ref = ref;
        }

        void stop() {
            if (waiting == null) {
                waiting = new ArrayDeque<>();
                ref.tell(AggregateMessage.Stop.INSTANCE);
            }
        }
    }

    private final BiFunction<String, Home, Behavior<AggregateMessage>> behaviorOf;
    private final int maxWaiting;
    private final CompletableFuture<Done> stopped;
    private final Map<String, Instance> instances = new HashMap<>();
    private boolean stopping;

    private LocalHost(ActorContext<Object> context, TimerScheduler<Object> timers, Hosting.Settings settings,
            BiFunction<String, Home, Behavior<AggregateMessage>> behaviorOf, CompletableFuture<Done> stopped) {
        super(context);
        this.behaviorOf = behaviorOf;
        this.maxWaiting = settings.maxInFlight();
        this.stopped = stopped;
        timers.startTimerWithFixedDelay(Sweep.INSTANCE, settings.passivateAfter().dividedBy(IDLE_SWEEPS - 1));
    }

    /** Starts a host beside the user's actors. */
    static AggregateHost start(ActorSystem<?> system, String aggregate, Hosting.Settings settings,
            BiFunction<String, Home, Behavior<AggregateMessage>> behaviorOf) {
        CompletableFuture<Done> stopped = new CompletableFuture<>();
        ActorRef<Object> host = system.systemActorOf(
                Behaviors.setup(context -> Behaviors
                        .withTimers(timers -> new LocalHost(context, timers, settings, behaviorOf, stopped))),
                "allframe-" + aggregate + "-" + STARTED.incrementAndGet(), Props.empty());
        return new AggregateHost() {
            @Override
            public ActorRef<AggregateMessage> entrance() {
                return host.narrow();
            }

            @Override
            public String hint() {
                return "";
            }

            @Override
            public void release(String id) {
                host.tell(new Release(id));
            }

            @Override
            public CompletionStage<Done> stop() {
                host.tell(StopAll.INSTANCE);
                return stopped;
            }
        };
    }

    @Override
    public Receive<Object> createReceive() {
        return newReceiveBuilder().onMessage(Execute.class, this::onExecute)
                .onMessage(Stopped.class, this::onStopped)
                .onMessage(Release.class, this::onRelease)
                .onMessageEquals(Sweep.INSTANCE, this::onSweep)
                .onMessageEquals(StopAll.INSTANCE, this::onStopAll)
                .onSignal(PostStop.class, signal -> onPostStop())
                .build();
    }

    private Behavior<Object> onExecute(Execute execute) {
        if (stopping) {
            execute.fail(new CommandError.ShuttingDown());
        } else {
            tell(instance(execute.id()), execute);
        }
        return this;
    }

    private void tell(Instance instance, Execute execute) {
        instance.idleSweeps = 0;
        if (instance.waiting == null) {
            instance.ref.tell(execute);
        } else if (instance.waiting.size() < maxWaiting) {
            instance.waiting.add(execute);
        } else {
            execute.fail(new CommandError.Overloaded(maxWaiting));
        }
    }

    private Instance instance(String id) {
        Instance running = instances.get(id);
        if (running == null) {
            ActorRef<AggregateMessage> ref = getContext().spawnAnonymous(behaviorOf.apply(id, home(id)));
            running = new Instance(ref);
            instances.put(id, running);
            getContext().watchWith(ref, new Stopped(id, running));
        }
        return running;
    }

    private Home home(String id) {
        ActorRef<Object> self = getContext().getSelf();
        return new Home() {
            @Override
            public void send(Execute execute) {
                self.tell(execute);
            }

            @Override
            public void release() {
                self.tell(new Release(id));
            }
        };
    }

    private Behavior<Object> onRelease(Release release) {
        Instance running = instances.get(release.id());
        if (running != null) {
            running.stop();
        }
        return this;
    }

    private Behavior<Object> onStopped(Stopped message) {
        instances.remove(message.id(), message.instance());
        Queue<Execute> waiting = message.instance().waiting;
        if (waiting != null && !waiting.isEmpty()) {
            Instance again = instance(message.id());
            waiting.forEach(execute -> tell(again, execute));
            if (stopping) {
                again.stop();
            }
        }
        return stopping && instances.isEmpty() ? Behaviors.stopped() : this;
    }

    private Behavior<Object> onSweep() {
        for (Instance instance : instances.values()) {
            if (++instance.idleSweeps >= IDLE_SWEEPS) {
                instance.stop();
            }
        }
        return this;
    }

    private Behavior<Object> onStopAll() {
        stopping = true;
        new ArrayList<>(instances.values()).forEach(Instance::stop);
        return instances.isEmpty() ? Behaviors.stopped() : this;
    }

    private Behavior<Object> onPostStop() {
        stopped.complete(Done.getInstance());
        return this;
    }
}
