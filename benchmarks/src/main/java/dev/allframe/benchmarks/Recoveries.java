package dev.allframe.benchmarks;

import dev.allframe.command.CommandError;
import dev.allframe.command.CommandOptions;
import dev.allframe.command.CommandResult;
import dev.allframe.projection.ProjectionMetadata;
import dev.allframe.projection.ProjectionState;
import dev.allframe.projection.ProjectionType;
import dev.allframe.runtime.AllFrame;
import dev.allframe.store.ExpectedVersion;
import dev.allframe.store.Position;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * Recoveries of passive tills one after the other, without and during a rebuild of a view. Each till gets a command
 * that expects another version: it is recovered, answers, and stores nothing.
 */
final class Recoveries {

    private static final long WRONG = 1_000_000_000;

    private final AllFrame allFrame;
    private final ProjectionType<?, ?> view;
    private final int tills;
    private final Duration time;
    private int next;

    Recoveries(AllFrame allFrame, ProjectionType<?, ?> view, int tills, Duration time) {
        this.allFrame = allFrame;
        this.view = view;
        this.tills = tills;
        this.time = time;
    }

    void compare(int rounds, int events) throws Exception {
        new Comparison(String.format(Locale.ROOT,
                "recovery of %,d tills in turn, each of about %,d events, rebuild-rate %s, %d rounds of %s; recoveries",
                tills, events / tills,
                allFrame.system().settings().config().getString("allframe.projections.rebuild-rate"), rounds, time))
                .with("no rebuild", this::recover)
                .with("a rebuild beside", this::beside)
                .run(rounds);
    }

    private Comparison.Result beside() {
        allFrame.projections().resume(view.name(), TillStore.ORDER).toCompletableFuture().join();
        ProjectionMetadata before = described();
        allFrame.projections().rebuild(view, TillStore.ORDER).toCompletableFuture().join();
        TillStore.await(() -> "no rebuild begins", () -> described().building() > before.building() && builtTo() > 0);
        long built = builtTo();
        long begin = System.nanoTime();
        Comparison.Result result = recover();
        if (described().generation() != before.generation()) {
            throw new IllegalStateException("the rebuild has ended before the recoveries: more --events are needed");
        }
        System.out.printf(Locale.ROOT, "the rebuild applied %,.0f events/s%n",
                (builtTo() - built) / ((System.nanoTime() - begin) / 1e9));
        allFrame.projections().pause(view.name(), TillStore.ORDER).toCompletableFuture().join();
        TillStore.await(() -> described().toString(), () -> described().state() == ProjectionState.PAUSED);
        return result;
    }

    private ProjectionMetadata described() {
        return allFrame.projections().describe(view.name());
    }

    private long builtTo() {
        Position to = described().builtTo();
        return to == null ? 0 : to.index();
    }

    private Comparison.Result recover() {
        CommandOptions conflicting = CommandOptions.none()
                .expecting(ExpectedVersion.exactly(WRONG))
                .within(Duration.ofSeconds(30));
        Histogram latency = new Histogram(TimeUnit.MINUTES.toNanos(1), 3);
        long begin = System.nanoTime();
        long end = begin + time.toNanos();
        for (long asked = begin; asked < end; asked = System.nanoTime()) {
            next = (next + 1) % tills;
            var result = allFrame.commands()
                    .dispatch(Tills.TILL, TillStore.id(next), new Tills.PayIn(1, ""), conflicting)
                    .toCompletableFuture()
                    .join();
            latency.recordValue(System.nanoTime() - asked);
            if (!(result instanceof CommandResult.Failed<?>(CommandError.VersionConflict conflict))
                    || conflict.actual() == 0) {
                throw new IllegalStateException("the till is not recovered: " + result);
            }
        }
        return new Comparison.Result(latency.getTotalCount() / ((System.nanoTime() - begin) / 1e9), 0, latency, null);
    }
}
