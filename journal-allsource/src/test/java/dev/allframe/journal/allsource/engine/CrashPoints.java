package dev.allframe.journal.allsource.engine;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The places in a process's life at which it may be killed: before and after each call that changes the disk. A place
 * has a name such as {@code after rename rows in sealing}, of the call, the kind of file, and what the store was doing,
 * which the thread tells.
 *
 * <p>Who is to die at a place is killed there by SIGKILL. The thread goes no further than the place, and nor does any
 * other thread that comes to one.
 */
final class CrashPoints {

    private static final Path SHELL = Path.of("/bin/sh");
    private static final int KILLED = 137;

    private final BiConsumer<String, Integer> passed;
    private final Map<String, Integer> counts = new ConcurrentHashMap<>();
    private final @Nullable Process killer;
    private volatile String deadly = "";
    private volatile int deadlyTime;
    private volatile boolean dying;
    private volatile String phase = "opening";

    /** @param passed told of each place when it was passed for the first, second, fourth, eighth time, and so on */
    CrashPoints(BiConsumer<String, Integer> passed) throws IOException {
        this.passed = passed;
        this.killer = Files.isExecutable(SHELL)
                ? new ProcessBuilder(SHELL.toString(), "-c", "read line && kill -9 " + ProcessHandle.current().pid())
                        .start()
                : null;
    }

    /** Has the process die when it comes to a place for the n-th time. */
    void dieAt(String place, int time) {
        deadlyTime = time;
        deadly = place;
    }

    /** Says what the threads are doing that are none of an open store's: creation, opening, use or closing. */
    void phase(String now) {
        phase = now;
    }

    /** Whether the process is about to be killed, so that nothing that fails means anything. */
    boolean isDying() {
        return dying;
    }

    interface Call<T extends @Nullable Object> {
        T run() throws IOException;
    }

    /** Makes a call that changes the disk. */
    <T extends @Nullable Object> T around(String what, Call<T> call) throws IOException {
        String activity = activity();
        at("before " + what + " in " + activity);
        T result = call.run();
        at("after " + what + " in " + activity);
        return result;
    }

    private String activity() {
        return switch (Thread.currentThread().getName()) {
            case "allframe-log-segments" -> "preparation";
            case "allframe-store-backup" -> "backup";
            case "allframe-store-sealer" -> "sealing";
            case "allframe-store-compactor" -> "compaction";
            case "allframe-store-writer" -> phase.equals("closing") ? phase : "writing";
            default -> phase;
        };
    }

    private void at(String place) {
        int count = counts.merge(place, 1, Integer::sum);
        if (dying || (place.equals(deadly) && count == deadlyTime)) {
            die();
        }
        if (Integer.bitCount(count) == 1) {
            passed.accept(place, count);
        }
    }

    /**
     * Where there is no shell whose command {@code kill} could be used, the process ends itself, without any hook being
     * run.
     */
    private void die() {
        dying = true;
        if (killer == null) {
            Runtime.getRuntime().halt(KILLED);
        } else {
            try {
                OutputStream input = killer.getOutputStream();
                input.write("now\n".getBytes(StandardCharsets.US_ASCII));
                input.flush();
            } catch (IOException anotherThreadWasFirst) {
                LockSupport.parkNanos(1);
            }
        }
        while (true) {
            LockSupport.park();
        }
    }
}
