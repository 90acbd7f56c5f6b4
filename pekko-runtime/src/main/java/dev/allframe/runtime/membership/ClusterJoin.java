package dev.allframe.runtime.membership;

import com.typesafe.config.Config;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.cluster.Cluster;
import org.jspecify.annotations.Nullable;

/** How joining the cluster ends for a node whose configuration names seed nodes. Called by the thread that starts. */
public final class ClusterJoin {

    private static final String DOWNING_PROVIDER = "pekko.cluster.downing-provider-class";

    private ClusterJoin() {}

    /**
     * Waits until the node is up, its actor system ends, or the time is over: seed nodes may come later. Returns at
     * once where the configuration names no seed nodes. An interrupt does not end the wait, and stays set.
     */
    public static void await(ActorSystem<?> system, Duration patience) {
        if (system.settings().config().getStringList("pekko.cluster.seed-nodes").isEmpty()) {
            return;
        }
        CompletableFuture<Void> up = new CompletableFuture<>();
        try {
            Runnable whenUp = () -> up.complete(null);
            Cluster.get(Adapter.toClassic(system)).registerOnMemberUp(whenUp);
            // join goes on when it is interrupted, and leaves the flag set
            CompletableFuture.anyOf(up, system.getWhenTerminated().toCompletableFuture())
                    .orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS)
                    .join();
        } catch (CompletionException notYet) {
            return;
        } catch (IllegalStateException ended) {
            return; // the actor system takes no more actors
        }
    }

    /** Why the cluster has not taken this node, with what to change; null where it was not refused. */
    public static @Nullable String refusal(ActorSystem<?> system) {
        boolean refused = CoordinatedShutdown.get(Adapter.toClassic(system))
                .getShutdownReason()
                .filter(CoordinatedShutdown.incompatibleConfigurationDetectedReason()::equals)
                .isPresent();
        if (!refused) {
            return null;
        }
        String reason = AgreedSettingsChecker.refusal(system.settings().config());
        return reason != null
                ? reason
                : "the cluster has not taken this node, because a setting of Pekko's differs from that of its members;"
                        + " their logs name it (\"Found incompatible settings\")";
    }

    /**
     * Whether members that cannot be reached stay members for ever, and their instances cannot be reached either: no
     * downing provider is set.
     */
    public static boolean keepsLostMembers(Config config) {
        return config.getString(DOWNING_PROVIDER).isEmpty();
    }
}
