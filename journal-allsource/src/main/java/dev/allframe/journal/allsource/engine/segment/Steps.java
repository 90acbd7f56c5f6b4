package dev.allframe.journal.allsource.engine.segment;

import dev.allframe.store.StoredEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/** Iterates over rows that are read some at a time. Not thread-safe. */
abstract class Steps implements Iterator<StoredEvent> {

    private final int rowCount;
    private int nextRow;
    private List<StoredEvent> step = List.of();
    private int inStep;

    Steps(int rowCount) {
        this.rowCount = rowCount;
    }

    /** How many rows to read from here on. */
    abstract int rowsOfStep(int row);

    abstract List<StoredEvent> step(int row, int count) throws IOException;

    @Override
    public boolean hasNext() {
        return inStep < step.size() || nextRow < rowCount;
    }

    @Override
    public StoredEvent next() {
        if (inStep == step.size()) {
            if (nextRow == rowCount) {
                throw new NoSuchElementException("all " + rowCount + " rows were read");
            }
            int count = rowsOfStep(nextRow);
            try {
                step = step(nextRow, count);
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
            nextRow += count;
            inStep = 0;
        }
        return step.get(inStep++);
    }
}
