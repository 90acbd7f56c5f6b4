package dev.allframe.journal.allsource.engine.wal;

import dev.allframe.journal.allsource.engine.io.CrashMode;
import dev.allframe.journal.allsource.engine.io.SimulatedDisk;
import dev.allframe.journal.allsource.engine.log.LogEntry;
import dev.allframe.store.EventStoreException;
import dev.allframe.store.StreamId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * Opens a log and says what is wrong with it: what was promised is there, once and in order; what was not promised is
 * there as a beginning of the rest, or not; and what is appended afterwards and forced lasts with all that was
 * delivered.
 */
final class LogChecker {

    private final LogRun.Parts parts;
    private final WalConfig config;

    LogChecker(LogRun.Parts parts, WalConfig config) {
        this.parts = parts;
        this.config = config;
    }

    /**
     * Checks a disk after a crash or a fault; the disk goes on from there.
     *
     * @param given everything that was ever appended, in order
     * @param promised the last that must be there
     * @param released up to here nothing need be there
     * @return what is wrong
     */
    Optional<String> check(SimulatedDisk left, List<byte[]> given, long promised, long released) {
        List<byte[]> delivered = new ArrayList<>(given.subList(0, (int) released));
        Optional<String> wrong = openAndGoOn(left, given, promised, released, delivered);
        if (wrong.isPresent()) {
            return wrong;
        }
        SimulatedDisk again = left.crash(CrashMode.LOSE_ALL, new Random(0));
        List<byte[]> deliveredAgain = new ArrayList<>(given.subList(0, (int) released));
        return openAndGoOn(again, delivered, delivered.size(), released, deliveredAgain)
                .map(text -> "after going on: " + text);
    }

    private Optional<String> openAndGoOn(SimulatedDisk left, List<byte[]> given, long promised, long released,
            List<byte[]> delivered) {
        List<String> wrong = new ArrayList<>();
        try {
            WalLog log = parts.open(left, config, released, new WalConsumer() {
                @Override
                public void entry(long lsn, LogEntry entry, int bytes) {
                    deliver(lsn, LogRun.encoded(entry));
                }

                @Override
                public void mark(long lsn) {
                    deliver(lsn, LogRun.MARK);
                }

                private void deliver(long lsn, byte[] entry) {
                    if (lsn != delivered.size() + 1) {
                        wrong.add("entry " + lsn + " comes after entry " + delivered.size());
                    }
                    delivered.add(entry);
                }
            });
            compare(given, delivered, promised, wrong);
            if (log.numbers().lastLsn() != delivered.size()) {
                wrong.add(
                        "the log says that its last entry is " + log.numbers().lastLsn() + ", not " + delivered.size());
            }
            if (wrong.isEmpty()) {
                LogEntry next = new LogEntry.EventsDeleted(new StreamId("next"), delivered.size());
                LogRun.append(log, next);
                log.force();
                delivered.add(LogRun.encoded(next));
            }
        } catch (EventStoreException | IOException refused) {
            return Optional.of("refused: " + refused);
        }
        return wrong.stream().findFirst();
    }

    private static void compare(List<byte[]> given, List<byte[]> delivered, long promised, List<String> wrong) {
        if (delivered.size() > given.size()) {
            wrong.add(delivered.size() + " entries of " + given.size() + " are there");
        }
        for (int i = 0; i < Math.min(given.size(), delivered.size()); i++) {
            if (!Arrays.equals(given.get(i), delivered.get(i))) {
                wrong.add("entry " + (i + 1) + " is not what was appended");
            }
        }
        if (delivered.size() < promised) {
            wrong.add("entries up to " + promised + " were promised, " + delivered.size() + " are there");
        }
    }
}
