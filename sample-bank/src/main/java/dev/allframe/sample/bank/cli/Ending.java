package dev.allframe.sample.bank.cli;

import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.Logger;
import org.slf4j.ILoggerFactory;
import org.slf4j.LoggerFactory;

/**
 * The end of the process by a signal, such as that of Ctrl-C: what is under way fails, which is no news to anybody, so
 * that nothing more is printed. The exit code is 128 and the signal's number.
 *
 * <p>Thread-safe.
 */
final class Ending {

    private static volatile boolean begun;

    private Ending() {}

    /** Whether the process ends, so that nothing may be printed. */
    static boolean hasBegun() {
        return begun;
    }

    /** Calls something when the process is told to end, after which nothing is printed. */
    static AutoCloseable call(Runnable end) {
        Thread hook = new Thread(() -> {
            begun = true;
            silence();
            end.run();
        }, "bank-ending");
        Runtime.getRuntime().addShutdownHook(hook);
        return () -> {
            if (!begun) {
                remove(hook);
            }
        };
    }

    private static void remove(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException ending) {
            // it runs, or will
        }
    }

    private static void silence() {
        Logger root = LogManager.getLogManager().getLogger("");
        if (root != null) {
            root.setLevel(Level.OFF);
        }
        ILoggerFactory loggers = LoggerFactory.getILoggerFactory();
        if (loggers instanceof ch.qos.logback.classic.LoggerContext logback) {
            logback.stop();
        }
    }
}
