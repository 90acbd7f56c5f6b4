package dev.allframe.journal.allsource.engine.index;

/** All tables as they were at one moment. To be closed, because it keeps old contents alive. */
interface View extends Reads, AutoCloseable {

    @Override
    void close();
}
