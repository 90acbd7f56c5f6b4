package dev.allframe.runtime.projection;

import dev.allframe.api.testkit.ForwardingViews;
import dev.allframe.store.view.MemoryViewStore;
import dev.allframe.store.view.Replacement;
import dev.allframe.store.view.ViewBatch;
import dev.allframe.store.view.ViewStore;
import dev.allframe.store.view.ViewTables;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Views of which a crash leaves what a disk would: directories as they were, and of each generation what was flushed,
 * or more, because tables are flushed by themselves too. One view, one thread.
 */
final class CrashingViews extends ForwardingViews {

    /** A step that changed something: a batch of a generation, or what follows a flush, a switch, a drop. */
    private sealed interface Step {
        record Created(long generation) implements Step {}

        record Wrote(long generation, ViewBatch batch) implements Step {}

        record Flushed(long generation) implements Step {}

        record Served(long generation) implements Step {}

        record Replaced(long generation, Replacement note) implements Step {}

        record Dropped(long generation) implements Step {}
    }

    private final List<Step> steps = new ArrayList<>();
    private final AtomicInteger flushes = new AtomicInteger();
    private volatile long flushNanos;

    CrashingViews() {
        super(new MemoryViewStore());
    }

    /** Makes each flush take so long, as on a slow disk. */
    void slow(Duration flush) {
        flushNanos = flush.toNanos();
    }

    /** How many flushes there were. From any thread. */
    int flushes() {
        return flushes.get();
    }

    /** How many moments there have been in which a crash can come. */
    int moments() {
        return steps.size();
    }

    /** What a crash after so many steps leaves, where this generation had flushed by itself just before; 0 for none. */
    ViewStore afterCrash(String view, int moment, long flushedByItself) {
        Map<Long, Integer> durable = new TreeMap<>();
        for (int i = 0; i < moment; i++) {
            if (steps.get(i) instanceof Step.Flushed(long generation)) {
                durable.put(generation, i);
            }
        }
        durable.put(flushedByItself, moment);
        ViewStore left = new MemoryViewStore();
        Map<Long, ViewTables> open = new TreeMap<>();
        for (int i = 0; i < moment; i++) {
            switch (steps.get(i)) {
                case Step.Created(long generation) -> open.put(generation, left.create(view));
                case Step.Wrote(long generation, ViewBatch batch) -> {
                    ViewTables tables = open.get(generation);
                    if (tables != null && i <= durable.getOrDefault(generation, -1)) {
                        tables.write(batch);
                    }
                }
                case Step.Flushed flushed -> {
                    // was looked at above
                }
                case Step.Served(long generation) -> left.serve(view, generation);
                case Step.Replaced(long generation, Replacement note) -> left.noteReplaced(view, generation, note);
                case Step.Dropped(long generation) -> {
                    ViewTables tables = open.remove(generation);
                    if (tables != null) {
                        tables.close();
                    }
                    left.drop(view, generation);
                }
            }
        }
        open.values().forEach(ViewTables::close);
        return left;
    }

    @Override
    public ViewTables create(String view) {
        ViewTables created = super.create(view);
        steps.add(new Step.Created(created.generation()));
        return created;
    }

    @Override
    protected ViewTables tables(ViewTables opened) {
        return new Noted(opened);
    }

    @Override
    public void serve(String view, long generation) {
        super.serve(view, generation);
        steps.add(new Step.Served(generation));
    }

    @Override
    public void noteReplaced(String view, long generation, Replacement replacement) {
        super.noteReplaced(view, generation, replacement);
        steps.add(new Step.Replaced(generation, replacement));
    }

    @Override
    public void drop(String view, long generation) {
        super.drop(view, generation);
        steps.add(new Step.Dropped(generation));
    }

    @Override
    public String setAside(String view, long generation) {
        throw new IllegalStateException("nothing is damaged");
    }

    private final class Noted extends Tables {

        Noted(ViewTables tables) {
            super(tables);
        }

        @Override
        public void write(ViewBatch batch) {
            tables.write(batch);
            steps.add(new Step.Wrote(generation(), batch));
        }

        @Override
        public void flush() {
            LockSupport.parkNanos(flushNanos);
            flushes.incrementAndGet();
            tables.flush();
            steps.add(new Step.Flushed(generation()));
        }
    }
}
