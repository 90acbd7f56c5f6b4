package dev.allframe.journal.allsource.engine.wal;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** Small lives of a log. Segments have 2,048 bytes, an entry takes about 50 more than said. */
final class Workloads {

    interface Workload {
        void run(LogRun run) throws IOException;
    }

    private Workloads() {}

    static Workload named(String name) {
        return Objects.requireNonNull(all().get(name), name);
    }

    static Map<String, Workload> all() {
        Map<String, Workload> all = new LinkedHashMap<>();
        all.put("one entry", run -> {
            run.append(10);
            run.force();
        });
        all.put("entries forced one by one", run -> each(run, 12, 30));
        all.put("a group", run -> {
            run.append(12, 40);
            run.force();
        });
        all.put("groups longer than a sector", run -> {
            for (int i = 0; i < 4; i++) {
                run.append(3, 300);
                run.force();
            }
        });
        all.put("segments fill up", run -> {
            for (int i = 0; i < 8; i++) {
                run.append(3, 250);
                run.force();
            }
        });
        all.put("a group over several segments", run -> {
            run.append(14, 400);
            run.force();
            run.append(1, 20);
            run.force();
        });
        all.put("marks", run -> {
            for (int i = 0; i < 4; i++) {
                run.append(2, 60);
                run.force();
                run.idle();
            }
        });
        all.put("an entry longer than a segment", run -> {
            run.append(20);
            run.force();
            run.append(5_000);
            run.append(30);
            run.force();
        });
        all.put("rolled", run -> {
            each(run, 3, 20);
            run.roll();
            run.append(20);
            run.roll();
            run.roll();
            each(run, 2, 20);
        });
        all.put("released", run -> {
            for (int i = 0; i < 4; i++) {
                each(run, 2, 30);
                run.roll();
            }
            run.release(5);
            each(run, 2, 30);
            run.release(8);
            run.append(10);
            run.force();
        });
        all.put("reopened", run -> {
            for (int i = 0; i < 3; i++) {
                each(run, 2, 100);
                run.reopen();
            }
            run.append(10);
            run.force();
            run.close();
        });
        all.put("appended and never forced", run -> {
            each(run, 2, 30);
            run.append(5, 700);
        });
        all.put("everything", run -> {
            each(run, 2, 100);
            run.append(4, 600);
            run.force();
            run.idle();
            run.release(3);
            run.reopen();
            run.append(3_000);
            run.append(2, 90);
            run.force();
            run.idle();
            run.roll();
            run.release(run.log().numbers().lastLsn());
            run.append(2, 90);
            run.force();
            run.close();
        });
        return all;
    }

    private static void each(LogRun run, int count, int bytes) throws IOException {
        for (int i = 0; i < count; i++) {
            run.append(bytes);
            run.force();
        }
    }
}
