package dev.allframe.query;

import java.time.Duration;
import java.util.List;

/**
 * How a query is doing on this node since AllFrame started. The numbers are read one by one while queries go on.
 *
 * @param query the class of the query
 * @param views the names of the views that it reads
 * @param asked how often it was asked
 * @param cached how many had an answer that was made for another: a cached one, or that of a run under way
 * @param failed how many had no answer, for whatever reason
 * @param runs how often the handler has ended
 * @param running how many runs are under way at this moment
 * @param waiting how many wait for tokens, for their turn, or for an answer
 * @param kept how many cached answers there are, of which some may be void
 * @param took how long all runs have taken together
 * @param longest how long the longest run has taken
 */
public record QueryMetadata(Class<?> query, List<String> views, long asked, long cached, long failed, long runs,
        int running, long waiting, int kept, Duration took, Duration longest) {
    public QueryMetadata {
        views = List.copyOf(views);
    }
}
