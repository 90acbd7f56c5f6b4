package dev.allframe.sample.bank.cli;

import static dev.allframe.sample.bank.account.Accounts.ACCOUNT;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.allframe.api.testkit.Guarantee;
import dev.allframe.codec.jackson.JacksonEventCodec;
import dev.allframe.journal.allsource.AllSourceBackend;
import dev.allframe.journal.allsource.tool.StoreTool;
import dev.allframe.sample.bank.account.AccountEvent;
import dev.allframe.sample.bank.account.AccountEvent.Deposited;
import dev.allframe.sample.bank.child.ChildJvm;
import dev.allframe.store.EventStore;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.Position;
import dev.allframe.store.RecordedEvent;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * The published data set is imported by processes that are killed along the way: the store ends up as if nothing had
 * happened.
 */
@EnabledIfSystemProperty(named = "allframe.berka", matches = ".+")
@Guarantee({"G1", "G2", "G5"})
final class KilledImportTest {

    private static final int KILLS = 3;
    private static final int COMMANDS = 57_968;

    /**
     * So many commands further than the one before each process may come. Every process sends all commands from the
     * first one, so kills among the early commands cost the least; a command's place in the files changes nothing else.
     */
    private static final int STEP = 1_500;

    private final String berka = System.getProperty("allframe.berka", "");
    private final long seed = Long.getLong("test.seed", System.nanoTime());

    @Test
    void an_import_that_is_killed_three_times_ends_with_the_report_of_an_undisturbed_one(@TempDir Path folder)
            throws Exception {
        System.out.println("test.seed=" + seed);
        Random random = new Random(seed);
        Path killed = folder.resolve("killed");
        for (int kill = 1; kill <= KILLS; kill++) {
            killAfter(killed, kill * STEP + random.nextInt(STEP));
        }

        ObjectNode report = report("--data", killed.toString());
        assertThat(report).isEqualTo(report("--backend", "memory"));
        assertThat(report.get("events").asInt()).isEqualTo(COMMANDS);
        theToolsWorkOn(killed, folder);
        anotherProgramSumsTheDeposits(killed);
    }

    private void killAfter(Path store, int answers) throws IOException, InterruptedException {
        Process child = ChildJvm.of(ImportProcess.class)
                .with("-Xmx512m")
                .process(berka, store.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (BufferedReader lines = child.inputReader(StandardCharsets.UTF_8)) {
            int count = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.equals("answered") && ++count == answers) {
                    child.toHandle().destroyForcibly();
                }
            }
            assertThat(count).isGreaterThanOrEqualTo(answers);
        } finally {
            assertThat(child.destroyForcibly().waitFor()).as("it was killed").isNotZero();
        }
    }

    private ObjectNode report(String... storage) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("import", "--berka", berka, "--json"));
        arguments.addAll(List.of(storage));
        StringWriter out = new StringWriter();
        int exitCode = Bank.commandLine()
                .setOut(new PrintWriter(out))
                .execute(arguments.toArray(String[]::new));
        assertThat(exitCode).isZero();
        ObjectNode report = (ObjectNode) JsonMapper.builder().build().readTree(out.toString());
        return report.without(List.of("repeated", "seconds", "eventsPerSecond"));
    }

    private static void theToolsWorkOn(Path store, Path folder) {
        Path backup = folder.resolve("backup");
        Path restored = folder.resolve("restored");

        tool("verify", store.toString());
        tool("backup", store.toString(), backup.toString());
        tool("restore", "--to-position", "30000", backup.toString(), restored.toString());
        tool("verify", restored.toString());

        try (EventStoreBackend backend = AllSourceBackend.production(restored)) {
            assertThat(backend.stats().events()).isEqualTo(30_000);
        }
    }

    private static void tool(String... arguments) {
        StringWriter said = new StringWriter();
        int exitCode = StoreTool.commandLine()
                .setOut(new PrintWriter(said))
                .setErr(new PrintWriter(said))
                .execute(arguments);
        assertThat(exitCode).as(said.toString()).isZero();
    }

    private static void anotherProgramSumsTheDeposits(Path store) throws SQLException {
        BigDecimal deposits = BigDecimal.ZERO;
        try (EventStoreBackend backend = AllSourceBackend.production(store)) {
            backend.flush().toCompletableFuture().join();
            EventStore<AccountEvent> accounts = EventStore.of(backend, ACCOUNT, JacksonEventCodec.of(ACCOUNT));
            try (var events = accounts.streamAllEvents(Position.START)) {
                for (var event : (Iterable<RecordedEvent<AccountEvent>>) events::iterator) {
                    if (event.event() instanceof Deposited(var amount, var entry, var channel)) {
                        deposits = deposits.add(amount.amount());
                    }
                }
            }
        }
        try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duck.createStatement();
                ResultSet sum = statement.executeQuery("select sum(cast(payload_text ->> '$.amount.amount' as "
                        + "decimal(18, 2))) from '" + store + "/segments/*.parquet' where event_type = "
                        + "'account.deposited'")) {
            assertThat(sum.next()).isTrue();
            assertThat(sum.getBigDecimal(1)).isEqualByComparingTo(deposits);
        }
    }
}
