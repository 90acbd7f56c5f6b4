package dev.allframe.runtime.aggregate;

import dev.allframe.store.CommandRecord;

/**
 * A command in an instance's memory.
 *
 * @param record what is stored of it
 * @param atMillis when it was executed, in epoch milliseconds, by the clock of the node that did
 */
public record RememberedCommand(CommandRecord record, long atMillis) {}
