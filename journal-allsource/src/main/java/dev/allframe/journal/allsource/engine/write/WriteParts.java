package dev.allframe.journal.allsource.engine.write;

import dev.allframe.journal.allsource.engine.contents.Contents;
import dev.allframe.journal.allsource.engine.log.GroupLog;
import dev.allframe.journal.allsource.engine.threads.AnswerThreads;
import dev.allframe.store.spi.Listeners;
import java.time.Clock;

/**
 * What the write path works with.
 *
 * @param storeId stands in the positions that it gives
 * @param log where groups become durable
 * @param contents where what is durable is applied
 * @param eventListeners woken when events are there to be read
 * @param stateListeners woken when durable states have changed
 * @param answerThreads complete the stages of callers
 * @param clock gives the times of durable states
 */
public record WriteParts(String storeId, WriteLimits limits, GroupLog log, Contents contents, Listeners eventListeners,
        Listeners stateListeners, AnswerThreads answerThreads, Clock clock) {}
