package dev.allframe.runtime;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;

/** Cluster sharding in a cluster of one, with every message serialized as if it came from another node. */
final class ClusterHostTest extends CommandBusConformance {

    static final Config MEMBER = ConfigFactory.parseString("""
            pekko.actor.provider = cluster
            pekko.remote.artery.canonical { hostname = 127.0.0.1, port = 0 }
            pekko.cluster.jmx.multi-mbeans-in-same-jvm = on
            pekko.cluster.downing-provider-class = "org.apache.pekko.cluster.sbr.SplitBrainResolverProvider"
            """).withFallback(ConfigFactory.load());

    ClusterHostTest() {
        super(MEMBER);
    }
}
