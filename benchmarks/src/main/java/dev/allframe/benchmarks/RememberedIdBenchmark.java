package dev.allframe.benchmarks;

import dev.allframe.codec.EncodedState;
import dev.allframe.codec.jackson.CommandFingerprint;
import dev.allframe.journal.allsource.engine.log.ByteWriter;
import dev.allframe.journal.allsource.engine.log.EnvelopeCodec;
import dev.allframe.runtime.aggregate.RememberedCommand;
import dev.allframe.runtime.aggregate.StoredState;
import dev.allframe.runtime.serialization.StateSerializer;
import dev.allframe.store.CommandRecord;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventMetadata;
import dev.allframe.store.Payload;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a remembered command id costs: bytes of heap in the running instance, in a snapshot, and in the log.
 *
 * <p>Arguments, all optional: {@code --instances 200 --rounds 3 --heap 1g}. For the heap, processes of their own hold
 * so many full windows of 1,000 commands, and say by how much that made what is on the heap grow, after it was
 * collected. Snapshots and the log are measured with the code that writes them, as the difference to the same without
 * the commands and their ids; the log before anything is compressed.
 */
public final class RememberedIdBenchmark {

    private static final int COMMANDS = 1_000;
    private static final String SAID = "said ";
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00.123Z");

    /** What is held while the heap is measured. */
    private static Object[] held = {};

    private RememberedIdBenchmark() {}

    /** What ids look like. */
    private enum Ids {
        /** {@code trans-695247}. */
        NUMBER("trans-<number>, 12 characters"),
        /** As {@link UUID} writes it. */
        UUID_TEXT("UUID, 36 characters");

        private final String title;

        Ids(String title) {
            this.title = title;
        }

        String id(int instance, int command) {
            int number = instance * COMMANDS + command;
            return switch (this) {
                case NUMBER -> "trans-" + (100_000 + number % 900_000);
                case UUID_TEXT -> {
                    Random random = new Random(number);
                    yield new UUID(random.nextLong(), random.nextLong()).toString();
                }
            };
        }
    }

    /** Runs all, or what a process of its own is to do. */
    public static void main(String[] args) throws Exception {
        Options options = new Options(args);
        int instances = options.number("--instances", 200);
        if (options.text("--child", "").equals("hold")) {
            hold(instances, Ids.valueOf(options.text("--ids", Ids.NUMBER.name())));
        } else {
            measure(instances, options.number("--rounds", 3), options.text("--heap", "1g"));
        }
    }

    private static void measure(int instances, int rounds, String heap) throws IOException, InterruptedException {
        System.out.printf(Locale.ROOT, "java %s, heap %s, %,d instances that remember %,d commands each, %d rounds%n",
                System.getProperty("java.version"), heap, instances, COMMANDS, rounds);
        System.out.printf(Locale.ROOT, "%-32s %12s %16s %12s %12s%n", "bytes per command id", "heap", "from - to",
                "snapshot", "log");
        for (Ids ids : Ids.values()) {
            double[] bytes = new double[rounds];
            for (int round = 0; round < rounds; round++) {
                bytes[round] = child(heap, "--child", "hold", "--instances", Integer.toString(instances), "--ids",
                        ids.name());
            }
            System.out.printf(Locale.ROOT, "%-32s %12.1f %16s %12.1f %12.1f%n", ids.title,
                    Comparison.median(bytes.clone()),
                    String.format(Locale.ROOT, "%.1f - %.1f", least(bytes), most(bytes)), inSnapshot(ids), inLog(ids));
        }
    }

    private static double least(double[] bytes) {
        return Arrays.stream(bytes).min().orElse(0);
    }

    private static double most(double[] bytes) {
        return Arrays.stream(bytes).max().orElse(0);
    }

    private static double inSnapshot(Ids ids) {
        return (double) (snapshot(commands(ids, 0)) - snapshot(List.of())) / COMMANDS;
    }

    private static List<RememberedCommand> commands(Ids ids, int instance) {
        List<RememberedCommand> commands = new ArrayList<>();
        for (int command = 0; command < COMMANDS; command++) {
            commands.add(new RememberedCommand(record(ids, instance, command), NOW.toEpochMilli() + command));
        }
        return commands;
    }

    private static int snapshot(List<RememberedCommand> commands) {
        EncodedState state = new EncodedState("till.state", 1, null,
                "{\"balance\":700}".getBytes(StandardCharsets.UTF_8));
        return new StateSerializer()
                .toBinary(new StoredState(state, commands, Long.MIN_VALUE)).length;
    }

    private static double inLog(Ids ids) {
        long bytes = 0;
        for (int command = 0; command < COMMANDS; command++) {
            CommandRecord record = record(ids, 0, command);
            bytes += logged(record.commandId(), record) - logged(null, null);
        }
        return (double) bytes / COMMANDS;
    }

    private static int logged(@Nullable String id,
            @Nullable CommandRecord record) {
        ByteWriter out = new ByteWriter(1_024);
        EnvelopeCodec.write(out, Envelope.of("till.paid-in", 1,
                Payload.json("{\"amount\":700,\"reference\":\"r\"}".getBytes(StandardCharsets.UTF_8)), Set.of(),
                new EventMetadata(NOW, id, null, null, Map.of()), record));
        return out.size();
    }

    private static CommandRecord record(Ids ids, int instance, int command) {
        return new CommandRecord(ids.id(instance, command), CommandFingerprint.of(payIn(command)),
                new CommandRecord.Accepted(), command + 1, command + 1);
    }

    private static Tills.PayIn payIn(int command) {
        return new Tills.PayIn(1 + command, "r");
    }

    /**
     * Holds so many full windows of an instance's memory, as it is after it was recovered: nothing is shared between
     * them.
     */
    private static void hold(int instances, Ids ids) throws ReflectiveOperationException {
        Constructor<?> window = Class.forName("dev.allframe.runtime.aggregate.CommandWindow")
                .getDeclaredConstructor(int.class, Duration.class, List.class, long.class);
        window.setAccessible(true); // it belongs to one actor, and nobody else is to see it
        held = new Object[]{window.newInstance(COMMANDS, null, commands(ids, 0), Long.MIN_VALUE)}; // loads the classes
        held = new Object[instances];
        long before = usedHeap();
        for (int instance = 0; instance < held.length; instance++) {
            held[instance] = window.newInstance(COMMANDS, null, commands(ids, instance), Long.MIN_VALUE);
        }
        long after = usedHeap();
        System.out.println(SAID + (double) (after - before) / ((double) held.length * COMMANDS));
    }

    /** After several collections, until they free no more. */
    private static long usedHeap() {
        long least = Long.MAX_VALUE;
        for (int again = 0; again < 6; again++) {
            System.gc();
            Runtime runtime = Runtime.getRuntime();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least;
    }

    /** Runs this class in a process of its own; the number that it says. */
    private static double child(String heap, String... args)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx" + heap, "-XX:+UseSerialGC",
                "-cp", System.getProperty("java.class.path"),
                RememberedIdBenchmark.class.getName()));
        command.addAll(List.of(args));
        Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        double said = Double.NaN;
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith(SAID)) {
                    said = Double.parseDouble(line.substring(SAID.length()));
                }
            }
        }
        if (process.waitFor() != 0 || Double.isNaN(said)) {
            throw new IllegalStateException("the process failed: " + command);
        }
        return said;
    }
}
