package dev.allframe.journal.allsource.tool;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.persistence.jdbc.testkit.javadsl.SchemaUtils;
import org.apache.pekko.testkit.javadsl.TestKit;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A journal in a database, as many applications have one, is moved into a store. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class MigrateFromJdbcTest {

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path temporary;

    private String database() {
        return String.format(Locale.ROOT, """
                pekko.persistence.journal.plugin = jdbc-journal
                slick {
                  profile = "slick.jdbc.H2Profile$"
                  db {
                    url = "jdbc:h2:file:%s;DATABASE_TO_UPPER=false;AUTO_SERVER=TRUE"
                    driver = "org.h2.Driver"
                    user = sa
                    password = ""
                    numThreads = 2
                    maxConnections = 2
                    minConnections = 1
                  }
                }
                jdbc-journal.slick = ${slick}
                jdbc-read-journal.slick = ${slick}
                """, temporary.resolve("database"));
    }

    @Test
    void its_events_are_stored_as_our_own_journal_would_have_stored_them() throws Exception {
        Path own = temporary.resolve("own");
        MigrateTest.write(ConfigFactory.parseString(
                "pekko.persistence.journal.plugin = allsource.journal\nallsource.dir = \"" + own + "\""));
        Config application = ConfigFactory.load(ConfigFactory.parseString(database()));
        ActorSystem system = ActorSystem.create("application", application);
        try {
            SchemaUtils.createIfNotExists("jdbc-journal", system).toCompletableFuture().get();
            MigrateTest.write(system);
        } finally {
            TestKit.shutdownActorSystem(system);
        }
        Path file = Files.writeString(temporary.resolve("application.conf"), database());
        Path target = temporary.resolve("target");

        ToolRun run = ToolRun.store("migrate-from", "--config", file, "--from", "jdbc-read-journal", target, "--tag",
                "red", "--tag", "blue");

        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
        assertThat(run.out()).contains("15 events of 3 persistence ids", "All of them were counted again");
        assertThat(MigrateTest.events(target)).hasSize(15).isEqualTo(MigrateTest.events(own));
        assertThat(ToolRun.store("verify", target).exitCode()).isZero();
    }
}
