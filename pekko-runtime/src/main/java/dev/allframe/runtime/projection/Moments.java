package dev.allframe.runtime.projection;

import dev.allframe.projection.fold.HandledEvent;
import dev.allframe.projection.fold.HandledPage;
import dev.allframe.store.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Takes the rows that a view serves as they are at positions that it comes to. A page that passes such a position is
 * written in two parts, so that nobody waits. Used by pieces of work of the view, one at a time.
 */
final class Moments<K, R> {

    private final ServedView<K, R> users;
    private final List<Wanted<K, R>> wanted = new ArrayList<>();

    private record Wanted<K, R>(Position at, CompletableFuture<Optional<ViewMoment<K, R>>> taken) {}

    Moments(ServedView<K, R> users) {
        this.users = users;
    }

    /**
     * Takes the rows when the view is at a position.
     *
     * @param taken is given them, to be closed, or nothing where the view was behind the position already; who does not
     *        wait any more cancels it
     */
    void take(Position at, CompletableFuture<Optional<ViewMoment<K, R>>> taken) {
        wanted.add(new Wanted<>(at, taken));
        look();
    }

    /** A page in parts, each of which ends where rows are wanted, or with the page. */
    List<HandledPage<K, R>> parts(HandledPage<K, R> page) {
        List<Position> ends = wanted.stream()
                .map(Wanted::at)
                .filter(at -> at.compareTo(page.next()) < 0)
                .sorted()
                .distinct()
                .toList();
        List<HandledPage<K, R>> parts = new ArrayList<>();
        List<HandledEvent<K, R>> rest = page.events();
        for (Position end : ends) {
            List<HandledEvent<K, R>> before = rest.stream()
                    .takeWhile(event -> event.stored().position().compareTo(end) <= 0)
                    .toList();
            rest = rest.subList(before.size(), rest.size());
            parts.add(new HandledPage<>(before, end, false));
        }
        parts.add(new HandledPage<>(rest, page.next(), page.atEnd()));
        return parts;
    }

    /** Something was published. */
    void look() {
        Published now = users.published();
        if (now != null && !wanted.isEmpty()) {
            wanted.removeIf(each -> isOver(each, now.state().position()));
        }
    }

    private boolean isOver(Wanted<K, R> each, Position reached) {
        int behind = reached.compareTo(each.at);
        if (behind < 0 || each.taken.isDone()) {
            return each.taken.isDone();
        }
        try {
            ViewMoment<K, R> moment = behind == 0 ? users.moment() : null;
            if (!each.taken.complete(Optional.ofNullable(moment)) && moment != null) {
                moment.close();
            }
        } catch (RuntimeException failed) { // is not that of the view, which goes on
            each.taken.completeExceptionally(failed);
        }
        return true;
    }
}
