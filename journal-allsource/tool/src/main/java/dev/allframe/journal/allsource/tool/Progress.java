package dev.allframe.journal.allsource.tool;

import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** A progress bar with rate and remaining time, or none. */
final class Progress implements AutoCloseable {

    private static final int REDRAW_MILLIS = 200;

    private final @Nullable ProgressBar bar;

    private Progress(@Nullable ProgressBar bar) {
        this.bar = bar;
    }

    /** Whether standard error is a terminal: the launcher says so, as Java cannot tell. */
    static boolean isTerminal() {
        return Boolean.getBoolean("store.terminal") || Boolean.getBoolean("bank.terminal");
    }

    static Progress hidden() {
        return new Progress(null);
    }

    static Progress bar(String task, String unit, long steps) {
        return new Progress(new ProgressBarBuilder().setTaskName(task)
                .setInitialMax(steps)
                .setUpdateIntervalMillis(REDRAW_MILLIS)
                .setStyle(ProgressBarStyle.ASCII)
                .setConsumer(new ConsoleProgressBarConsumer(System.err))
                .setUnit(" " + unit, 1)
                .showSpeed()
                .build());
    }

    void step() {
        step(1);
    }

    void step(long count) {
        if (bar != null) {
            bar.stepBy(count);
        }
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
