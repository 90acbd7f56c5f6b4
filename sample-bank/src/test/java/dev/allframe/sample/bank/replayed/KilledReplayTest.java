package dev.allframe.sample.bank.replayed;

import static dev.allframe.sample.bank.account.Accounts.ACCOUNT;
import static dev.allframe.sample.bank.account.Money.czk;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.codec.jackson.JacksonEventCodec;
import dev.allframe.journal.allsource.AllSourceBackend;
import dev.allframe.projection.ReactionType;
import dev.allframe.sample.bank.account.AccountEvent;
import dev.allframe.sample.bank.child.ChildJvm;
import dev.allframe.store.DurableState;
import dev.allframe.store.EventStore;
import dev.allframe.store.EventStoreBackend;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.Payload;
import dev.allframe.store.Position;
import dev.allframe.store.StreamId;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that replays into a file outside is killed, again and again. The position that it has left covers only what
 * is in the file; the next process goes on behind it by itself, so that nothing is left out, and what it repeats was
 * not covered and is no more than {@code unsaved}.
 */
final class KilledReplayTest {

    private static final int KILLS = Integer.getInteger("replay.kills", 6);
    private static final int ACCOUNTS = 60;
    private static final int EVENTS_EACH = 50;
    private static final Pattern POSITION = Pattern.compile("\"position\":\"([^\"]+)\"");

    private final long seed = Long.getLong("test.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final List<Process> started = Collections.synchronizedList(new ArrayList<>());

    /** Which events are stored where. */
    private final Map<String, Long> events = new HashMap<>();

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path folder;

    @AfterEach
    void end() {
        started.forEach(Process::destroyForcibly);
    }

    /** An event in the file outside. */
    private record Noted(String key, long index) {}

    @Test
    @Timeout(value = 30, unit = TimeUnit.MINUTES)
    void a_replay_that_is_killed_goes_on_without_a_gap_and_repeats_only_what_was_not_saved() throws Exception {
        System.out.println("test.seed=" + seed);
        long begun = System.nanoTime();
        fill();
        int repeated = 0;
        long saved = 0;
        int before = 0;
        Process next = process();
        for (int kill = 1; kill <= KILLS + 1; kill++) {
            Process now = next;
            next = kill > KILLS ? now : process(); // started beside the life of this one, so that it is warm
            int left = events.size() - new HashSet<>(noted()).size();
            run(now, kill > KILLS ? Integer.MAX_VALUE : 1 + random.nextInt(Math.max(1, 2 * left / (KILLS + 2 - kill))));
            List<Noted> all = noted();
            Set<Noted> earlier = new HashSet<>(all.subList(0, before));
            List<Noted> fresh = all.subList(before, all.size());
            long savedBefore = saved;
            assertThat(fresh).as("goes on behind the position").allMatch(each -> each.index() > savedBefore);
            List<Noted> again = fresh.stream().filter(earlier::contains).toList();
            assertThat(again).hasSizeLessThanOrEqualTo(ReplayProcess.UNSAVED);
            assertThat(fresh).as("once in a life").doesNotHaveDuplicates();
            repeated += again.size();
            saved = savedIndex();
            long covered = saved;
            Set<Noted> there = new HashSet<>(all);
            assertThat(events).allSatisfy((key, index) -> assertThat(index > covered
                    || there.contains(new Noted(key, index))).as("%s is covered by %s", key, covered).isTrue());
            before = all.size();
        }
        System.out.println(KILLS + " kills in " + (System.nanoTime() - begun) / 1_000_000 + " ms, " + events.size()
                + " events, " + repeated + " repeated");
        assertThat(new HashSet<>(noted())).hasSize(events.size());
        inOrder();
    }

    /** Of a stream each is behind the one before it, but for the steps back of kills. */
    private void inOrder() throws IOException {
        Map<String, Long> last = new HashMap<>();
        for (Noted each : noted()) {
            int hash = each.key().indexOf('#');
            long number = Long.parseLong(each.key().substring(hash + 1));
            assertThat(number).as(each.key())
                    .isLessThanOrEqualTo(last.getOrDefault(each.key().substring(0, hash), 0L) + 1);
            last.put(each.key().substring(0, hash), number);
        }
    }

    private Path store() {
        return folder.resolve("store");
    }

    private Path ledger() {
        return folder.resolve("ledger.txt");
    }

    private void fill() {
        try (EventStoreBackend backend = AllSourceBackend.production(store())) {
            EventStore<AccountEvent> accounts = EventStore.of(backend, ACCOUNT, JacksonEventCodec.of(ACCOUNT));
            for (int i = 0; i < EVENTS_EACH; i += 10) {
                for (int account = 0; account < ACCOUNTS; account++) {
                    List<AccountEvent> some = new ArrayList<>();
                    for (int j = 0; j < 10; j++) {
                        some.add(new AccountEvent.OverdraftChanged(czk(random.nextInt(1_000))));
                    }
                    accounts.append("a" + account, ExpectedVersion.any(), some).toCompletableFuture().join();
                }
            }
            accounts.streamAllEvents(Position.START)
                    .forEach(event -> events.put(event.stream() + "#" + event.sequenceNr(), event.position().index()));
        }
        assertThat(events).hasSize(ACCOUNTS * EVENTS_EACH);
    }

    private Process process() throws IOException {
        Process process = ChildJvm.of(ReplayProcess.class)
                .process(store().toString(), ledger().toString())
                .redirectError(folder.resolve("errors.txt").toFile())
                .start();
        started.add(process);
        return process;
    }

    /** Lets a process live until it has noted so many events, or to its end. */
    private void run(Process process, int mostNoted) throws IOException, InterruptedException {
        boolean killed = false;
        int noted = 0;
        List<String> said = new ArrayList<>();
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
                Writer orders = process.outputWriter(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.equals("warm")) {
                    orders.write("go\n");
                    orders.flush();
                } else if (line.equals("noted") && ++noted >= mostNoted && !killed) {
                    process.toHandle().destroyForcibly();
                    killed = true;
                } else if (!line.equals("noted")) {
                    said.add(line);
                }
            }
        } finally {
            if (!process.waitFor(1, TimeUnit.MINUTES)) {
                process.destroyForcibly();
            }
        }
        String errors = Files.readString(folder.resolve("errors.txt"));
        assertThat(process.exitValue()).as("%s %s", said, errors).isEqualTo(killed ? 128 + 9 : 0);
        assertThat(killed || said.contains("done")).as("%s %s", said, errors).isTrue();
        assertThat(killed).isEqualTo(mostNoted < Integer.MAX_VALUE);
    }

    private List<Noted> noted() throws IOException {
        if (!Files.exists(ledger())) {
            return List.of();
        }
        return Files.readAllLines(ledger()).stream().map(line -> line.split(" ", -1)).map(parts -> {
            assertThat(events).containsEntry(parts[0], Long.valueOf(parts[1]));
            return new Noted(parts[0], Long.parseLong(parts[1]));
        }).toList();
    }

    /** The position that the process has left in the store. */
    private long savedIndex() {
        try (EventStoreBackend backend = AllSourceBackend.production(store())) {
            Payload payload = backend.getState(StreamId.of(ReactionType.POSITIONS, ReplayProcess.NAME))
                    .toCompletableFuture()
                    .join()
                    .map(DurableState::payload)
                    .orElse(null);
            if (payload == null) {
                return 0;
            }
            Matcher found = POSITION.matcher(new String(payload.bytes(), StandardCharsets.UTF_8));
            assertThat(found.find()).isTrue();
            return Position.parse(found.group(1)).index();
        }
    }
}
