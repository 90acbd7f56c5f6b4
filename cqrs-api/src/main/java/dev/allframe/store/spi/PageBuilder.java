package dev.allframe.store.spi;

import dev.allframe.aggregate.Refusal;
import dev.allframe.store.CommandRecord;
import dev.allframe.store.DurableState;
import dev.allframe.store.Envelope;
import dev.allframe.store.EventMetadata;
import dev.allframe.store.EventReader;
import dev.allframe.store.Payload;
import dev.allframe.store.StoredEvent;
import dev.allframe.store.StreamId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A page while a storage fills it. The page is full when it has as many elements as the reader asked for, or
 * {@link EventReader#MAX_PAGE} of them, or when they have {@link EventReader#MAX_PAGE_BYTES}. The first element always
 * finds room. Bytes are counted from lengths alone, a char of a text as one byte, so that counting costs nothing.
 *
 * <p>For one thread.
 *
 * @param <T> the elements
 */
public final class PageBuilder<T> {

    private final int limit;
    private final ToLongFunction<T> bytesOf;
    private final List<T> elements = new ArrayList<>();
    private long bytes;

    private PageBuilder(int limit, ToLongFunction<T> bytesOf) {
        if (limit < 1) {
            throw new IllegalArgumentException("a page has 1 entry or more, not " + limit);
        }
        this.limit = Math.min(limit, EventReader.MAX_PAGE);
        this.bytesOf = bytesOf;
    }

    /**
     * A page of records.
     *
     * @throws IllegalArgumentException for a limit below 1
     */
    public static PageBuilder<StoredEvent> ofEvents(int limit) {
        return new PageBuilder<>(limit, PageBuilder::bytes);
    }

    /**
     * A page of durable states.
     *
     * @throws IllegalArgumentException for a limit below 1
     */
    public static PageBuilder<DurableState> ofStates(int limit) {
        return new PageBuilder<>(limit, state -> state.id().value().length() + bytes(state.payload()));
    }

    /**
     * A page of ids.
     *
     * @throws IllegalArgumentException for a limit below 1
     */
    public static PageBuilder<StreamId> ofIds(int limit) {
        return new PageBuilder<>(limit, id -> id.value().length());
    }

    /** Whether it takes no further element. */
    public boolean isFull() {
        return elements.size() >= limit || bytes >= EventReader.MAX_PAGE_BYTES;
    }

    /** Whether it has no element yet. */
    public boolean isEmpty() {
        return elements.isEmpty();
    }

    /** How many further elements it takes at most. */
    public int room() {
        return isFull() ? 0 : limit - elements.size();
    }

    /** Adds an element to a page that is not full. */
    public void add(T element) {
        if (isFull()) {
            throw new IllegalStateException("a page of " + elements.size() + " elements is full");
        }
        elements.add(element);
        bytes += bytesOf.applyAsLong(element);
    }

    /** The elements, in the order in which they were added. */
    public List<T> elements() {
        return elements;
    }

    private static long bytes(StoredEvent event) {
        Envelope record = event.envelope();
        EventMetadata metadata = record.metadata();
        long bytes = event.stream().value().length() + event.writer().length() + record.eventType().length()
                + bytes(record.payload()) + record.adapterManifest().length() + bytes(record.adapterMetadata())
                + length(metadata.commandId()) + length(metadata.correlationId()) + length(metadata.causationId())
                + length(metadata.headers());
        for (String tag : record.tags()) {
            bytes += tag.length();
        }
        CommandRecord command = record.command();
        if (command != null && command.outcome() instanceof CommandRecord.Refused(Refusal refusal)) {
            bytes += refusal.message().length() + length(refusal.details());
        }
        return bytes;
    }

    private static long bytes(@Nullable Payload payload) {
        return payload == null ? 0 : payload.manifest().length() + payload.bytes().length;
    }

    private static long length(@Nullable String text) {
        return text == null ? 0 : text.length();
    }

    private static long length(Map<String, String> texts) {
        long length = 0;
        for (Map.Entry<String, String> text : texts.entrySet()) {
            length += text.getKey().length() + text.getValue().length();
        }
        return length;
    }
}
