package dev.allframe.runtime;

import dev.allframe.failure.Failures;
import dev.allframe.runtime.Health.Kind;
import dev.allframe.runtime.Health.Part;
import dev.allframe.runtime.Health.Status;
import dev.allframe.runtime.aggregate.AggregateHost;
import dev.allframe.runtime.aggregate.Hosting;
import dev.allframe.runtime.rolling.GuardHealth;
import dev.allframe.runtime.storage.StoragePlugins;
import dev.allframe.runtime.storage.StorageWatch;
import dev.allframe.store.ChangesRefused;
import dev.allframe.store.EventStoreBackend;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.pekko.actor.InternalActorRef;
import org.apache.pekko.actor.typed.javadsl.Adapter;

/** Asks the parts of AllFrame how they are doing. Waits for nothing; a part that fails when it is asked is down. */
final class HealthCheck {

    private HealthCheck() {}

    static Health of(Hosting hosting, Map<String, AggregateHost> hosts, Map<String, String> viewTroubles,
            Map<String, String> reactionTroubles, Map<String, String> replayTroubles) {
        List<Part> parts = new ArrayList<>();
        StoragePlugins storage = hosting.storage();
        parts.add(asked(Kind.STORAGE, storage.name(), () -> storage(storage)));
        hosts.forEach((aggregate, host) -> parts.add(asked(Kind.HOST, aggregate, () -> host(aggregate, host))));
        viewTroubles.forEach((view, trouble) -> parts.add(degraded(Kind.VIEW, view, trouble)));
        reactionTroubles.forEach((name, trouble) -> parts.add(degraded(Kind.REACTION, name, trouble)));
        replayTroubles.forEach((name, trouble) -> parts.add(degraded(Kind.REPLAY, name, trouble)));
        parts.add(asked(Kind.GUARD, "cluster", () -> guard(hosting)));
        return new Health(parts);
    }

    private static Part degraded(Kind kind, String name, String trouble) {
        return trouble.isEmpty() ? Part.up(kind, name) : new Part(kind, name, Status.DEGRADED, trouble, null);
    }

    private static Part asked(Kind kind, String name, Supplier<Part> part) {
        try {
            return part.get();
        } catch (RuntimeException failed) {
            return new Part(kind, name, Status.DOWN, "it cannot be asked: " + Failures.description(failed), null);
        }
    }

    /** What a store of ours says of itself, and what instances have met last in any journal. */
    private static Part storage(StoragePlugins storage) {
        EventStoreBackend backend = storage.backend();
        ChangesRefused refused = backend == null ? null : backend.changesRefused();
        if (refused != null) {
            return new Part(Kind.STORAGE, storage.name(), Status.DEGRADED, refused.reason(), refused.since());
        }
        StorageWatch.Trouble trouble = storage.watch().trouble();
        return trouble == null
                ? Part.up(Kind.STORAGE, storage.name())
                : new Part(Kind.STORAGE, storage.name(), Status.DEGRADED, trouble.reason(), trouble.since());
    }

    private static Part host(String aggregate, AggregateHost host) {
        if (((InternalActorRef) Adapter.toClassic(host.entrance())).isTerminated()) {
            return new Part(Kind.HOST, aggregate, Status.DOWN, "its host has stopped", null);
        }
        String hint = host.hint();
        return hint.isEmpty()
                ? Part.up(Kind.HOST, aggregate)
                : new Part(Kind.HOST, aggregate, Status.DEGRADED, hint, null);
    }

    /** Down where no command is executed, degraded where no new version of an event is stored. */
    private static Part guard(Hosting hosting) {
        String refusal = hosting.refusal();
        if (refusal != null) {
            return new Part(Kind.GUARD, "cluster", Status.DOWN, refusal, null);
        }
        GuardHealth versions = hosting.versions().health();
        return versions.isGood()
                ? Part.up(Kind.GUARD, "cluster")
                : new Part(Kind.GUARD, "cluster", Status.DEGRADED, String.join("; ", versions.problems()), null);
    }
}
