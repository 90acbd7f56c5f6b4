package dev.allframe.multijvm;

import static dev.allframe.multijvm.JvmCluster.aCluster;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.api.testkit.Guarantee;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * Three JVMs on PostgreSQL, with the configuration of docs/cluster.md. Commands with ids are sent all the time, and
 * sent again until they are accepted. One JVM is killed, another one stands still until the cluster has given it up,
 * and then wakes up.
 */
@Guarantee({"G2", "G3", "G4", "G5"})
final class PostgresClusterTest {

    private static final int TILLS = 40;
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    /** Whether Pekko's own settings are measured, which make a failover slow. */
    private static final boolean DEFAULTS = Boolean.getBoolean("cluster.defaults");

    static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("CONTRIBUTING.md"))) {
            folder = Optional.ofNullable(folder.getParent()).orElseThrow();
        }
        return folder;
    }

    /** The blocks of configuration in the document: the whole one, and what makes a failover fast. */
    private static Path configuration() throws IOException {
        List<String> blocks = new ArrayList<>();
        Matcher matcher = Pattern.compile("(?s)```hocon\n(.*?)```")
                .matcher(Files.readString(root().resolve("docs/cluster.md")));
        while (matcher.find()) {
            blocks.add(matcher.group(1));
        }
        assertThat(blocks).hasSize(2);
        Path file = Path.of("target", "multi-jvm", "application.conf").toAbsolutePath();
        Files.createDirectories(file.getParent());
        return Files.writeString(file, String.join("\n", DEFAULTS ? blocks.subList(0, 1) : blocks));
    }

    @Test
    void nothing_is_lost_or_doubled_when_one_jvm_is_killed_and_another_one_stands_still() throws Exception {
        Optional<Path> programs = PostgresServer.programs();
        if (programs.isEmpty()) {
            System.out.println("NOT RUN: PostgresClusterTest needs a PostgreSQL server (initdb and postgres on the PATH"
                    + " or in /usr/lib/postgresql/*/bin); on Debian: apt-get install postgresql");
        }
        Assumptions.assumeTrue(programs.isPresent(), "a PostgreSQL server is on this machine");
        Map<String, String> properties = Map.of("config.file", configuration().toString());
        try (PostgresServer database = PostgresServer.start(programs.get(),
                Path.of("target", "multi-jvm", "postgres.log").toAbsolutePath());
                JvmCluster cluster = aCluster("tills", 3, TillNode.class, properties,
                        Map.of("DATABASE_URL", database.url(), "DATABASE_USER", database.user(), "DATABASE_PASSWORD",
                                ""))) {
            cluster.awaitMembersUp(3, 0, 1, 2);
            cluster.ask(0, pay(0, 120)); // every till lives somewhere

            CompletableFuture<String> before = cluster.begin(0, pay(120, 250));
            CompletableFuture<String> withTheKilled = cluster.begin(1, pay(250, 380));
            CompletableFuture<String> withThePaused = cluster.begin(2, pay(380, 510));
            cluster.killNode(1);
            failover("a member was killed", cluster.begin(0, pay(2_000, 2_000 + TILLS)));
            assertThat(withTheKilled).isCompletedExceptionally();
            cluster.awaitMembersUp(2, 0, 2);

            CompletableFuture<String> others = cluster.begin(2, pay(510, 640));
            cluster.pauseNode(2);
            failover("a member stood still", cluster.begin(0, pay(3_000, 3_000 + TILLS)));
            cluster.resumeNode(2);
            cluster.awaitEnded(2); // it has learned that the others have given it up
            cluster.awaitMembersUp(1, 0);

            // Whoever has no answer sends the same commands again.
            cluster.ask(0, pay(250, 640));
            before.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            assertThat(List.of(withThePaused, others)).allSatisfy(asked -> assertThat(asked).isDone());

            assertEveryPaymentOnce(cluster);
            assertNoGap(database);
        }
    }

    private static String pay(int first, int end) {
        return "pay " + first + " " + end + " " + TILLS;
    }

    /** The time until every till has taken a payment again. */
    private static void failover(String what, CompletableFuture<String> payments) throws Exception {
        long millis = Long.parseLong(payments.get(PATIENCE.toSeconds(), TimeUnit.SECONDS));
        System.out.printf(Locale.ROOT, "%s, with %s settings: all tills took payments again after %.1f s%n",
                what, DEFAULTS ? "Pekko's own" : "the document's", millis / 1e3);
        assertThat(Duration.ofMillis(millis)).isLessThan(Duration.ofSeconds(DEFAULTS ? 120 : 40));
    }

    private static void assertEveryPaymentOnce(JvmCluster cluster) {
        List<String> stored = new ArrayList<>();
        for (int till = 0; till < TILLS; till++) {
            List<String> payments = Arrays.asList(cluster.ask(0, "payments t" + till).split(","));
            assertThat(cluster.ask(0, "total t" + till)).isEqualTo(Integer.toString(payments.size()));
            stored.addAll(payments);
        }
        List<String> sent = IntStream.concat(IntStream.range(0, 640),
                IntStream.concat(IntStream.range(2_000, 2_000 + TILLS), IntStream.range(3_000, 3_000 + TILLS)))
                .mapToObj(number -> "p-" + number)
                .toList();
        assertThat(stored).containsExactlyInAnyOrderElementsOf(sent);
    }

    private static void assertNoGap(PostgresServer database) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet tills = statement.executeQuery("""
                        select persistence_id, count(*), min(sequence_number), max(sequence_number)
                        from event_journal where persistence_id like 'till|%' group by persistence_id""")) {
            int found = 0;
            for (; tills.next(); found++) {
                assertThat(tills.getLong(3)).as(tills.getString(1)).isEqualTo(1);
                assertThat(tills.getLong(4)).as(tills.getString(1)).isEqualTo(tills.getLong(2));
            }
            assertThat(found).isEqualTo(TILLS);
        }
    }
}
