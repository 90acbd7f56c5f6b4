package dev.allframe.journal.allsource.engine.wal;

import dev.allframe.journal.allsource.engine.io.RealDisk;
import dev.allframe.journal.allsource.engine.log.LogEntry.EventsAppended;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Locale;
import java.util.UUID;

/**
 * Prints how many entries of 100 bytes a second the log takes, by group, on the file system of the given directory. Run
 * as a program.
 */
final class LogTimes {

    private static final long SECONDS = 5;

    private LogTimes() {}

    public static void main(String[] args) throws IOException {
        Path root = Files.createTempDirectory(Path.of(args[0]), "log-times");
        EventsAppended sample = LogRun.event(1, 100);
        for (int round = 0; round < 2; round++) {
            for (int group : new int[]{1, 64, 1_024}) {
                measure(root.resolve(round + "-" + group), group, sample);
            }
        }
        read(root.resolve("1-1024"));
        try (var files = Files.walk(root)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private static void measure(Path directory, int group, EventsAppended sample) throws IOException {
        long[] forces = new long[2_000_000];
        int count = 0;
        long position = 1;
        long encoding = 0;
        try (WalLog log = WalLog.open(new RealDisk(), directory, new UUID(1, 2), WalConfig.defaults(), 0,
                (lsn, entry, bytes) -> {})) {
            long start = System.nanoTime();
            long end = start + SECONDS * 1_000_000_000L;
            long now = start;
            while (now < end) {
                long before = now;
                for (int i = 0; i < group; i++) {
                    LogRun.append(log, new EventsAppended(sample.stream(), sample.writer(), position,
                            position, sample.records()));
                    position++;
                }
                long appended = System.nanoTime();
                encoding += appended - before;
                log.force();
                now = System.nanoTime();
                forces[count++] = now - appended;
            }
            double seconds = (now - start) / 1e9;
            Arrays.sort(forces, 0, count);
            System.out.printf(Locale.ROOT,
                    "group %,5d: %,9.0f entries/s, force p50 %,7.0f us, p99 %,7.0f us, append %,5d ns%n",
                    group, (position - 1) / seconds, forces[count / 2] / 1e3, forces[count * 99 / 100] / 1e3,
                    encoding / (position - 1));
        }
    }

    private static void read(Path directory) throws IOException {
        long start = System.nanoTime();
        WalContents contents = WalReader.readAll(new RealDisk(), directory, (lsn, entry, bytes) -> {});
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf(Locale.ROOT, "reading: %,9.0f entries/s%n", contents.numbers().lastLsn() / seconds);
    }
}
