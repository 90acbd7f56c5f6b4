package dev.allframe.journal.allsource.engine.log;

import java.io.Closeable;
import java.io.IOException;

/**
 * Where groups of entries become durable, in order, each all or nothing. One thread, the partition's, calls it.
 *
 * <p>The log gives the entries their numbers, and may use numbers between groups for itself.
 */
public interface GroupLog extends Closeable {

    /** What has become of a group. */
    sealed interface Outcome {

        /**
         * It is durable.
         *
         * @param firstLsn the number of its first entry; the others follow without a gap
         */
        record Committed(long firstLsn) implements Outcome {}

        /**
         * Nothing of it was written, and nothing will be. The log goes on, and the same group may succeed later.
         *
         * @param reason why
         */
        record Refused(Throwable reason) implements Outcome {}

        /**
         * Nobody knows whether it is durable: only opening the log tells. The log takes nothing more.
         *
         * @param reason what failed
         */
        record Unknown(IOException reason) implements Outcome {}
    }

    /** A group with room for what this log takes. */
    Group newGroup();

    /** Makes a group durable. Blocks until its outcome is known; never throws for what a disk does. */
    Outcome commit(Group group);

    /**
     * To be called when nothing was committed for a while: the log may note, for whoever opens it, how far it is
     * durable.
     *
     * @throws IOException if that fails; the log takes nothing more then
     */
    void idle() throws IOException;

    /**
     * Has the files that hold entries committed so far changed no more: the next group goes into another.
     *
     * @return the last number in these files
     * @throws IOException if that fails; the log takes nothing more then
     */
    long endFile() throws IOException;

    /**
     * Deletes the files in which every entry has a number up to this one.
     *
     * @throws IOException if that fails; the log takes nothing more then
     */
    void releaseTo(long lsn) throws IOException;

    /**
     * Makes durable what the log has written for itself.
     *
     * @return the last number that was used, by an entry or by the log for itself
     * @throws IOException if that fails; the log takes nothing more then
     */
    long settle() throws IOException;

    /**
     * To be called before the log is closed: deletes all that is not needed where every entry has a number up to this
     * one, so that hardly anything is left.
     *
     * @throws IOException if that fails; closing it loses nothing then
     */
    void shrink(long lsn) throws IOException;
}
