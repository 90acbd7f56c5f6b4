package dev.allframe.journal.allsource.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allframe.api.testkit.Guarantee;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;

/**
 * A process whose actors write to a store is killed by SIGKILL, again and again on one directory: after each call that
 * changes the disk, whatever it is made for; then at the places that are left, which are before the same calls, and the
 * same calls made for something else; then at random times. Three lives first, of which one ends as it should and one
 * opens what a kill has left, tell which places there are.
 */
@Guarantee({"G1", "G2", "G3"})
class KilledProcessTest {

    /** Where a process must have been before it can be said that it was killed everywhere. */
    private static final List<String> CALLS = List.of("write log", "force log", "rename log", "delete log",
            "write rows",
            "force rows", "rename rows", "delete rows", "write parquet", "force parquet", "rename parquet",
            "delete parquet", "write manifest", "force manifest", "rename manifest", "batch state",
            "batch state of snapshots", "batch state of deleted snapshots", "batch state of deletes", "flush state",
            "batch index", "flush index", "checkpoint state", "write log in backup", "force log in backup",
            "delete log in backup", "write state in backup", "force state in backup", "delete state in backup",
            "rename state in backup", "rename log in backup", "rename identity in backup",
            "rename manifest in backup", "rename rows in backup", "rename parquet in backup");

    /** So many kills, and as many more as it takes to have been killed at every call. */
    private static final int KILLS = Seeds.count("crash.kills", 40);
    /** So many kills may miss their place: the store does not come to each of them in every life. */
    private static final int SPARE = 15;
    private static final int KILLED = 128 + 9;
    private static final int ATTEMPTS = 3;
    private static final long LEARNING_MILLIS = 1500;
    private static final long LEARNING_STEPS = 200;
    private static final long STEP_MILLIS = 100;
    private static final long PATIENCE_MILLIS = 8000;

    private final long seed = Seeds.next();
    private final Random random = new Random(seed);
    private final Deque<Target> targets = new ArrayDeque<>();
    private final Set<String> known = new HashSet<>();
    private final Set<String> calls = new HashSet<>();
    private final Set<String> killed = new HashSet<>();
    private final Set<String> missed = new TreeSet<>();
    private int kills;
    private int killsAtPlaces;

    @TempDir(factory = TempDirFactory.Standard.class, cleanup = CleanupMode.ON_SUCCESS)
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path work;

    @SuppressWarnings("NullAway.Init") // set before all else
    private KilledChild standby;

    /**
     * Where a process is to die, and how often it came there in one life, about; nowhere where a kill is to come at a
     * random time.
     */
    private record Target(String place, int count, int attempt) {

        static final Target NONE = new Target("", 0, 1);

        boolean is(String activity) {
            return place.endsWith(" in " + activity);
        }

        /**
         * Whether the place may be come to in the first life of a store alone, such as one that is only in the first
         * backup.
         */
        boolean needsNewStore() {
            return is("creation") || (attempt > 1 && !is("opening"));
        }

        /**
         * The call, whatever the store does it for, and whichever side of it: after a call is for the disk the same as
         * before the next one of the same thread.
         */
        String call() {
            return place.substring(place.indexOf(' ') + 1, place.lastIndexOf(" in "));
        }
    }

    @AfterEach
    void end() {
        standby.close();
    }

    @Test
    void what_was_acknowledged_is_there_once_wherever_the_process_was_killed() throws Exception {
        long start = System.nanoTime();
        KilledChild.prepare(work);
        standby = KilledChild.startAndRemember(work);
        KilledStoreCheck store = new KilledStoreCheck(work.resolve("main"));
        learn(store);
        int places = targets.size();
        Set<String> everyCall = targets.stream()
                .filter(place -> !dependsOnTheMoment(place))
                .map(Target::call)
                .collect(Collectors.toSet());

        boolean checked = true;
        int fresh = 0;
        Target target = next(store);
        while (kills < KILLS || (!killed.containsAll(everyCall) && kills < everyCall.size() + SPARE)) {
            KilledStoreCheck at = target.needsNewStore() ? new KilledStoreCheck(work.resolve("new" + ++fresh)) : store;
            at.ledger().checked(checked);
            liveAndDie(at, target);
            Target then = next(store);
            boolean all = kills % 10 == 0 || target.is("backup");
            checked = at != store || kills == KILLS || !then.is("opening"); // else it opens what a kill has left
            if (checked) {
                check(at, all, target);
            }
            target = then;
        }
        check(store, true, target);

        System.out.printf(
                Locale.ROOT,
                "%d kills, %d of them at %d of %d places, for %d calls, in %d s; %d acknowledgements; missed %s%n",
                kills, killsAtPlaces, known.size() - targets.size(), known.size(), everyCall.size(),
                TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start),
                store.ledger().acknowledgements(), missed);
        assertThat(killed).containsAll(everyCall);
        if (KILLS >= places + SPARE) {
            assertThat(targets).as("places without a kill").isEmpty();
        }
    }

    /** Finds out which places there are. */
    private void learn(KilledStoreCheck store) throws IOException, InterruptedException {
        KilledChild stopped = standby;
        stopped.begin(store.task(random.nextLong(), 1, ""), store.ledger()::hear);
        stopped.awaitOpen();
        stopped.hasEnded(LEARNING_MILLIS);
        for (int step = 0; step < LEARNING_STEPS && !notSeen(store).isEmpty(); step++) {
            stopped.hasEnded(STEP_MILLIS);
        }
        stopped.stop();
        assertThat(stopped.hasEnded(10 * PATIENCE_MILLIS)).isTrue();
        assertThat(stopped.kill()).as(Files.readString(KilledChild.errors(work))).isZero();
        standby = KilledChild.start(work);
        KilledChild killed = begin(store, Target.NONE);
        killed.awaitOpen();
        killed.hasEnded(LEARNING_MILLIS);
        assertThat(killed.kill()).isEqualTo(KILLED);
        store.ledger().checked(false);
        KilledChild again = begin(store, Target.NONE);
        again.awaitOpen();
        assertThat(again.kill()).isEqualTo(KILLED);
        check(store, true, Target.NONE);

        Set<String> places = store.ledger().places().keySet();
        System.out.println(places.size() + " places: " + places);
        assertThat(notSeen(store)).isEmpty();
        addNewTargets(store);
    }

    /**
     * What is done when a store is opened depends on the moment of the kill before, and what while it closes, on that
     * moment.
     */
    private static boolean dependsOnTheMoment(Target target) {
        return target.is("opening") || target.is("closing");
    }

    private static List<String> notSeen(KilledStoreCheck store) {
        Set<String> places = store.ledger().places().keySet();
        return CALLS.stream()
                .filter(call -> Stream.of("before ", "after ")
                        .anyMatch(when -> places.stream()
                                .noneMatch(
                                        place -> place.equals(when + call) || place.startsWith(when + call + " in "))))
                .toList();
    }

    private void addNewTargets(KilledStoreCheck store) {
        List<Target> found = new ArrayList<>();
        for (Map.Entry<String, Integer> place : store.ledger().places().entrySet()) {
            if (known.add(place.getKey())) {
                found.add(new Target(place.getKey(), place.getValue(), 1));
            }
        }
        Collections.shuffle(found, random);
        // First those that do not, of them first the side of a call behind which its change stands.
        found.sort(Comparator.comparing(KilledProcessTest::dependsOnTheMoment)
                .thenComparing(target -> target.place.startsWith("before ")));
        List<Target> later = new ArrayList<>();
        for (Target target : found) {
            if (calls.add(target.call())) {
                targets.addLast(target);
            } else {
                later.add(target);
            }
        }
        targets.addAll(later);
    }

    private Target next(KilledStoreCheck store) {
        addNewTargets(store);
        return targets.isEmpty() ? Target.NONE : targets.removeFirst();
    }

    private KilledChild begin(KilledStoreCheck store, Target target) throws IOException, InterruptedException {
        int time = target.attempt == 1 ? 1 + random.nextInt(Math.max(1, target.count / 4)) : 1;
        KilledChild child = standby;
        child.begin(store.task(random.nextLong(), time, target.place), store.ledger()::hear);
        standby = KilledChild.start(work); // beside the life of this one
        return child;
    }

    private void liveAndDie(KilledStoreCheck store, Target target) throws IOException, InterruptedException {
        KilledChild child = begin(store, target);
        boolean died = live(child, target);
        int exit = child.kill();
        if (target.is("closing") && exit == 0) {
            died = false;
        } else {
            assertThat(exit).as("killed at %s; %s", target, KilledChild.lastErrors(work)).isEqualTo(KILLED);
            kills++;
        }
        if (died && !target.place.isEmpty()) {
            killsAtPlaces++;
            killed.add(target.call());
        } else if (!target.place.isEmpty()) {
            again(target);
        }
    }

    /** Whether it died by itself. */
    private boolean live(KilledChild child, Target target) throws IOException, InterruptedException {
        if (target.place.isEmpty()) {
            return child.hasEnded(random.nextInt(1200));
        }
        child.awaitOpen();
        if (target.is("opening") || target.is("creation")) {
            return child.hasEnded(random.nextInt(300));
        }
        if (target.is("closing")) {
            child.hasEnded(random.nextInt(300));
            child.stop();
        }
        return child.hasEnded(PATIENCE_MILLIS);
    }

    /** What is passed only after another kill may not be passed the next time. */
    private void again(Target target) {
        if (target.attempt < ATTEMPTS) {
            targets.addFirst(new Target(target.place, target.count, target.attempt + 1));
        } else {
            missed.add(target.place);
        }
    }

    private void check(KilledStoreCheck store, boolean all, Target target) throws IOException {
        try {
            store.ledger().assertNothingWrong();
            store.check(all);
            if (all) {
                store.checkBackup();
            }
        } catch (AssertionError | RuntimeException failed) {
            throw new AssertionError("after kill " + kills + " at " + target + " in " + work + "; the process said "
                    + KilledChild.lastErrors(work), failed);
        }
    }
}
