package dev.allframe.benchmarks;

import dev.allframe.aggregate.Aggregate;
import dev.allframe.aggregate.AggregateType;
import dev.allframe.aggregate.Command;
import dev.allframe.aggregate.Decision;
import dev.allframe.aggregate.Event;
import dev.allframe.aggregate.Since;
import dev.allframe.aggregate.Stored;
import dev.allframe.codec.EncodedEvent;
import dev.allframe.codec.jackson.JacksonEventCodec;
import dev.allframe.evolution.Upcasters;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * What it costs to read an event: one of today's version, in code that knows no older one and in code that does; and
 * older ones, by an added component, by a class and by a step on JSON. Each is a deposit of four components.
 *
 * <p>Arguments, all optional: {@code --seconds 1 --rounds 7}. One thread.
 */
public final class DecodeBenchmark {

    private static final int BATCH = 1_000;

    private DecodeBenchmark() {}

    sealed interface Paid extends Event {}

    @Stored(value = "paid-in", version = 3)
    record PaidIn(BigDecimal amount, String currency, String reference,
            @Since(version = 3, defaultValue = "cash") String channel) implements Paid {}

    @Stored("paid-in")
    record PaidInV1(BigDecimal amount, String reference) {}

    @Stored(value = "paid-in", version = 2)
    record PaidInV2(BigDecimal amount, String currency, String reference) {}

    private static final class Till implements Aggregate<Command, Paid, Integer> {

        @Override
        public Integer initialState() {
            return 0;
        }

        @Override
        public Decision<Paid> decide(Integer state, Command command) {
            return Decision.noChange();
        }

        @Override
        public Integer evolve(Integer state, Paid event) {
            return state;
        }
    }

    private static final AggregateType<Command, Paid, Integer> TILL = AggregateType
            .named("till", Command.class, Paid.class, Integer.class, new Till())
            .snapshotEvery(0);

    /** Runs all. */
    public static void main(String[] args) throws Exception {
        Options options = new Options(args);
        int seconds = options.number("--seconds", 1);
        JacksonEventCodec<Paid> plain = JacksonEventCodec.of(TILL);
        JacksonEventCodec<Paid> byClass = JacksonEventCodec.of(TILL.upcasting(Upcasters.from(PaidInV1.class)
                .to(PaidInV2.class, old -> new PaidInV2(old.amount(), "CZK", old.reference()))));
        JacksonEventCodec<Paid> byJson = JacksonEventCodec
                .of(TILL.upcasting(Upcasters.json("paid-in", 1).to(3, tree -> {
                    tree.put("currency", "CZK");
                    tree.put("channel", "cash");
                    return tree;
                })));
        EncodedEvent today = plain.encode(new PaidIn(new BigDecimal("700.00"), "CZK", "trans-695247", "cash"));
        EncodedEvent second = stored(2, "{\"amount\":\"700.00\",\"currency\":\"CZK\",\"reference\":\"trans-695247\"}");
        EncodedEvent first = stored(1, "{\"amount\":\"700.00\",\"reference\":\"trans-695247\"}");
        new Comparison("events read per second, one thread")
                .with("today's, no steps declared", () -> read(plain, today, seconds))
                .with("today's, steps declared", () -> read(byJson, today, seconds))
                .with("@Since", () -> read(plain, second, seconds))
                .with("one step on JSON", () -> read(byJson, first, seconds))
                .with("a class, then @Since", () -> read(byClass, first, seconds))
                .run(options.number("--rounds", 7));
    }

    private static EncodedEvent stored(int version, String json) {
        return new EncodedEvent("till.paid-in", version, json.getBytes(StandardCharsets.UTF_8));
    }

    private static Comparison.Result read(JacksonEventCodec<Paid> codec, EncodedEvent stored, int seconds) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long cpuBefore = threads.getCurrentThreadCpuTime();
        long begin = System.nanoTime();
        long end = begin + TimeUnit.SECONDS.toNanos(seconds);
        long read = 0;
        while (System.nanoTime() < end) {
            for (int i = 0; i < BATCH; i++) {
                read += codec.decode(stored).size();
            }
        }
        double perSecond = read * (double) TimeUnit.SECONDS.toNanos(1) / (System.nanoTime() - begin);
        double cpuMicros = (threads.getCurrentThreadCpuTime() - cpuBefore) / 1_000.0 / read;
        return new Comparison.Result(perSecond, cpuMicros, null, null);
    }
}
