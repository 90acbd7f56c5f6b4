package dev.allframe.sample.bank.cli;

import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** A progress bar with rate and remaining time, or none. Steps are counted from any thread. */
final class Progress implements AutoCloseable {

    private static final int REDRAW_MILLIS = 200;

    private final @Nullable ProgressBar bar;

    /** The terminal's line, which is wiped when the process is told to end. */
    private static final class Line extends ConsoleProgressBarConsumer {

        Line() {
            super(System.err);
        }

        @Override
        public void close() {
            if (Ending.hasBegun()) {
                System.err.print('\r' + " ".repeat(getMaxRenderedLength()) + '\r');
                System.err.flush();
            } else {
                super.close();
            }
        }
    }

    private Progress(@Nullable ProgressBar bar) {
        this.bar = bar;
    }

    static Progress hidden() {
        return new Progress(null);
    }

    /** @param unit what a step is, such as {@code commands} */
    static Progress bar(String task, long steps, String unit) {
        return new Progress(new ProgressBarBuilder().setTaskName(task)
                .setInitialMax(steps)
                .setUpdateIntervalMillis(REDRAW_MILLIS)
                .setStyle(ProgressBarStyle.ASCII)
                .setConsumer(new Line())
                .setUnit(" " + unit, 1)
                .showSpeed()
                .build());
    }

    void step() {
        if (bar != null) {
            bar.step();
        }
    }

    /** So many steps are done. */
    void at(long step) {
        if (bar != null) {
            bar.stepTo(step);
        }
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
