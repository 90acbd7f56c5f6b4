package dev.allframe.journal.allsource.tables;

/** All tables as they were at one moment. To be closed, because it keeps old contents alive. */
public interface TablesView extends Reads, AutoCloseable {

    @Override
    void close();
}
