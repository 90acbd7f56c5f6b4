package dev.allframe.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Keeps a fixed number of commands in flight for a while: every answer sends the next. */
final class Load {

    /** What is measured: sends one command to an instance; the stage fails if it was not accepted. */
    interface Target {
        CompletionStage<?> send(int instance, long number);
    }

    /**
     * What was measured.
     *
     * @param perSecond accepted commands per second
     * @param cpuMicros processor time of the whole process for one command, in microseconds
     * @param latency from send to answer, in nanoseconds
     */
    record Measured(double perSecond, double cpuMicros, Histogram latency) {

        double micros(double percentile) {
            return latency.getValueAtPercentile(percentile) / 1_000.0;
        }
    }

    private final Target target;
    private final int instances;
    private final int inFlight;
    private final ConcurrentHistogram latency = new ConcurrentHistogram(TimeUnit.MINUTES.toNanos(1), 3);
    private final AtomicLong numbers = new AtomicLong();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final CountDownLatch idle;
    private volatile boolean stopping;

    private Load(Target target, int instances, int inFlight) {
        this.target = target;
        this.instances = instances;
        this.inFlight = inFlight;
        this.idle = new CountDownLatch(inFlight);
    }

    static Measured run(Target target, int instances, int inFlight, Duration time) throws InterruptedException {
        return new Load(target, instances, inFlight).run(time);
    }

    private Measured run(Duration time) throws InterruptedException {
        long cpuBegin = processCpuNanos();
        long begin = System.nanoTime();
        for (int i = 0; i < inFlight; i++) {
            next();
        }
        TimeUnit.NANOSECONDS.sleep(time.toNanos());
        stopping = true;
        if (!idle.await(1, TimeUnit.MINUTES)) {
            throw new IllegalStateException("commands are still without an answer after a minute");
        }
        Throwable failed = failure.get();
        if (failed != null) {
            throw new IllegalStateException("a command was not accepted", failed);
        }
        long commands = latency.getTotalCount();
        double seconds = (System.nanoTime() - begin) / 1e9;
        return new Measured(commands / seconds, (processCpuNanos() - cpuBegin) / 1e3 / commands, latency);
    }

    /** Processor time of the whole process up to now. */
    static long processCpuNanos() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }

    private void next() {
        if (stopping) {
            idle.countDown();
            return;
        }
        long number = numbers.getAndIncrement();
        long sent = System.nanoTime();
        target.send((int) (number % instances), number).whenComplete((answer, failed) -> {
            latency.recordValue(Math.max(1, System.nanoTime() - sent));
            if (failed != null) {
                failure.compareAndSet(null, failed);
                stopping = true;
            }
            next();
        });
    }
}
