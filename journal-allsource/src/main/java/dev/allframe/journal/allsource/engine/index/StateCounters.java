package dev.allframe.journal.allsource.engine.index;

/**
 * What the state holds; always that of one lsn.
 *
 * @param appliedLsn the last applied entry, 0 for none
 * @param deletedEvents events that were deleted, in all
 * @param snapshots snapshots that are kept
 * @param snapshotBytes bytes of their payloads
 * @param liveStates durable states that are not deleted
 * @param stateBytes bytes of their payloads
 * @param lastChange the number of the last change of a durable state, 0 for none
 */
public record StateCounters(long appliedLsn, long deletedEvents, long snapshots, long snapshotBytes, long liveStates,
        long stateBytes, long lastChange) {

    static final StateCounters ZERO = new StateCounters(0, 0, 0, 0, 0, 0, 0);

    StateCounters withAppliedLsn(long lsn) {
        return new StateCounters(lsn, deletedEvents, snapshots, snapshotBytes, liveStates, stateBytes, lastChange);
    }
}
