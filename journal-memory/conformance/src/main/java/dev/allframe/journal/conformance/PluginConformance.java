package dev.allframe.journal.conformance;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.testkit.javadsl.TestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;

/** An actor system for one suite, and a fresh persistence id for each test. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class PluginConformance {

    /** How long anything may take on a busy machine. */
    static final Duration LONG = Duration.ofSeconds(20);

    private static final Config SERIALIZERS = ConfigFactory.parseString("""
            pekko.loggers = ["org.apache.pekko.testkit.TestEventListener"]
            pekko.loglevel = ERROR
            pekko.stdout-loglevel = ERROR
            pekko.actor {
              serializers.conformance = "dev.allframe.journal.conformance.ActorPayloadSerializer"
              serialization-bindings {
                "dev.allframe.journal.conformance.ActorPayload" = conformance
              }
            }
            """);

    /** The system that the plugin runs in. */
    final ActorSystem system;

    PluginConformance(Config config) {
        system = ActorSystem.create("conformance",
                SERIALIZERS.withFallback(config).withFallback(ConfigFactory.defaultReference()).resolve());
    }

    @AfterAll
    void stopSystem() {
        TestKit.shutdownActorSystem(system);
    }

    /** A persistence id that nobody has used. */
    static String freshId(String entityType) {
        return entityType + "|" + UUID.randomUUID();
    }

    static <T> T await(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(LONG.toSeconds(), TimeUnit.SECONDS);
    }
}
