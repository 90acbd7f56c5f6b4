package dev.allframe.runtime.membership;

import com.typesafe.config.Config;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import org.apache.pekko.cluster.ConfigValidation;
import org.apache.pekko.cluster.Invalid;
import org.apache.pekko.cluster.JoinConfigCompatChecker;
import org.apache.pekko.cluster.Valid;
import org.jspecify.annotations.Nullable;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Refuses to join a cluster whose members have other {@link AgreedSettings}. Made and called by Pekko, in the cluster's
 * daemon of the node that joins and of the seed node that answers.
 *
 * <p>The node that joins decides: it gets the cluster's values, and its user must learn both. A seed node that refused
 * would answer without its own values; so it only logs, and the node that has sent its settings has this checker too.
 */
public final class AgreedSettingsChecker extends JoinConfigCompatChecker {

    private static final Logger LOG = System.getLogger(AgreedSettingsChecker.class.getName());

    /**
     * Every configuration of a member has this section; Pekko takes it out of what it gives the checker on a seed node,
     * because it is sensitive. Were it there, the seed node would refuse as well.
     */
    private static final String ONLY_WHERE_JOINING = "pekko.remote.artery.ssl";

    /** What was refused, by the configuration of the node: Pekko does not say in which actor system it asks. */
    private static final Map<Config, String> REFUSED = Collections.synchronizedMap(new WeakHashMap<>());

    /** Called by Pekko. */
    public AgreedSettingsChecker() {}

    @Override
    public Seq<String> requiredKeys() {
        return CollectionConverters.asScala(AgreedSettings.KEYS).toSeq();
    }

    @Override
    public ConfigValidation check(Config toCheck, Config actual) {
        Map<String, String> here = AgreedSettings.of(actual);
        Map<String, String> there = AgreedSettings.of(toCheck);
        boolean joining = actual.hasPath(ONLY_WHERE_JOINING);
        List<String> differences = AgreedSettings.differences(here, there,
                joining ? "in the cluster" : "on the node that joins");
        if (differences.isEmpty()) {
            return Valid.getInstance();
        }
        if (!joining) {
            LOG.log(Level.WARNING, "a node does not join, because its settings differ: {0}", differences);
            return Valid.getInstance();
        }
        REFUSED.put(actual, String.join("; ", differences));
        return new Invalid(CollectionConverters.asScala(differences).toSeq());
    }

    /** Why a node with this configuration did not join; null where this checker has not refused it. */
    static @Nullable String refusal(Config config) {
        return REFUSED.get(config);
    }
}
