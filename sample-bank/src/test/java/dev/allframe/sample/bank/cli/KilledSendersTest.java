package dev.allframe.sample.bank.cli;

import static dev.allframe.sample.bank.cli.TillProcess.SENDERS;
import static dev.allframe.sample.bank.cli.TillProcess.TILL;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.api.testkit.Guarantee;
import dev.allframe.codec.jackson.JacksonEventCodec;
import dev.allframe.journal.allsource.AllSourceBackend;
import dev.allframe.sample.bank.child.ChildJvm;
import dev.allframe.sample.bank.cli.TillProcess.TillEvent;
import dev.allframe.sample.bank.cli.TillProcess.TillEvent.Sold;
import dev.allframe.store.EventStore;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.RecordedEvent;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A hundred senders on three dispatchers send one command, and the whole process is killed, again and again, at random
 * moments: before anything is stored, between the store and the first reply, among the replies. Whoever was answered in
 * whatever process was told the same, and the events are there once.
 */
@Guarantee("G5")
final class KilledSendersTest {

    private static final int KILLS = 4;

    private final long seed = Long.getLong("test.seed", System.nanoTime());

    /** What was ever replied for each till. */
    private final Map<String, List<String>> replies = new HashMap<>();

    /** The tills whose command was ever sent. */
    private final Set<String> sent = new HashSet<>();

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path folder;

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void one_command_from_a_hundred_senders_has_one_outcome_though_the_process_is_killed() throws Exception {
        System.out.println("test.seed=" + seed);
        Random random = new Random(seed);
        List<String> all = new ArrayList<>();
        List<String> unfinished = new ArrayList<>();
        int beforeAnyReply = 0;
        int amongReplies = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            if (unfinished.size() < 2) {
                String till = "t-" + all.size();
                all.add(till);
                unfinished.add(till);
            }
            // Of a till's 200 lines the first half are nearly all of what is sent, and the second half of what is
            // replied.
            int half = 2 * random.nextInt(unfinished.size()) + kill % 2;
            live(unfinished, SENDERS * half + 1 + random.nextInt(SENDERS));
            beforeAnyReply += unfinished.stream().anyMatch(till -> sent.contains(till) && answers(till) == 0) ? 1 : 0;
            amongReplies += unfinished.stream().anyMatch(till -> answers(till) % SENDERS > 0) ? 1 : 0;
            unfinished.removeIf(till -> answers(till) >= SENDERS);
        }
        live(all, Integer.MAX_VALUE);
        System.out.println(KILLS + " kills, " + beforeAnyReply + " before the first reply of a till, " + amongReplies
                + " among the replies of one");

        assertThat(replies).containsOnlyKeys(all);
        replies.forEach((till, said) -> assertThat(said).as("replies of " + till)
                .hasSizeGreaterThanOrEqualTo(SENDERS)
                .containsOnly(said.getFirst()));
        replies.values()
                .forEach(said -> assertThat(said.getFirst()).startsWith("Accepted[")
                        .contains("bread", "milk", "salt", "sequenceNr=3"));
        theStoreHasEachSaleOnce(all);
    }

    private int answers(String till) {
        return replies.getOrDefault(till, List.of()).size();
    }

    /**
     * Lets a process send for these tills and kills it after so many lines; lets it end by itself where there are
     * fewer.
     */
    private void live(List<String> tills, int lines) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of(store().toString()));
        arguments.addAll(tills);
        Path errors = folder.resolve("errors.txt");
        Process child = ChildJvm.of(TillProcess.class)
                .process(arguments.toArray(String[]::new))
                .redirectError(ProcessBuilder.Redirect.appendTo(errors.toFile()))
                .start();
        boolean killed = false;
        int heard = 0;
        try (BufferedReader said = child.inputReader(StandardCharsets.UTF_8)) {
            if (lines == Integer.MAX_VALUE) {
                child.getOutputStream().close();
            }
            for (String line = said.readLine(); line != null; line = said.readLine()) {
                heard(line);
                if (++heard == lines) {
                    child.toHandle().destroyForcibly();
                    killed = true;
                }
            }
        } finally {
            child.destroyForcibly().waitFor();
        }
        assertThat(killed).as("killed at line %s of %s: %s", lines, heard, Files.readString(errors))
                .isEqualTo(lines != Integer.MAX_VALUE);
        assertThat(child.exitValue()).as(Files.readString(errors)).isEqualTo(killed ? 128 + 9 : 0);
    }

    private void heard(String line) {
        if (line.endsWith(TillProcess.END)) {
            String[] parts = line.substring(0, line.length() - TillProcess.END.length()).split(" ", 3);
            if (parts[0].equals("reply")) {
                replies.computeIfAbsent(parts[1], till -> new ArrayList<>()).add(parts[2]);
            } else {
                sent.add(parts[1]);
            }
        }
    }

    private Path store() {
        return folder.resolve("store");
    }

    private void theStoreHasEachSaleOnce(List<String> tills) {
        try (EventStoreBackend backend = AllSourceBackend.production(store())) {
            EventStore<TillEvent> events = EventStore.of(backend, TILL, JacksonEventCodec.of(TILL));
            for (String till : tills) {
                try (Stream<RecordedEvent<TillEvent>> stored = events.streamEvents(till)) {
                    assertThat(stored.map(RecordedEvent::event)).as(till)
                            .containsExactly(new Sold("bread", 0), new Sold("milk", 0), new Sold("salt", 0));
                }
            }
            assertThat(backend.stats().events()).isEqualTo(3L * tills.size());
        }
    }
}
