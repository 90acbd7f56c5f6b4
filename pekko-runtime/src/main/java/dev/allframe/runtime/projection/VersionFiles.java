package dev.allframe.runtime.projection;

import dev.allframe.failure.Failures;
import dev.allframe.projection.fold.Origin;
import dev.allframe.projection.fold.ViewFold;
import dev.allframe.store.CorruptStoreException;
import dev.allframe.store.UnsupportedFormatException;
import dev.allframe.store.view.Replacement;
import dev.allframe.store.view.ViewStore;
import dev.allframe.store.view.ViewTables;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The generations of a view of which two versions are kept live, shown to each version as if it were alone: those that
 * its code has made, of which one is served. Generations that neither has made are shown to the new version, which sets
 * them aside, keeps or drops them as a view does that is alone.
 *
 * <p>{@code CURRENT} names the complete generation of the version that answers, and {@code REPLACED} notes that of the
 * other one: so one that is not named and not noted is not complete, and code that knows one version alone finds its
 * rows. Thread-safe; one lock for both versions.
 */
final class VersionFiles {

    private static final Logger LOG = LoggerFactory.getLogger(VersionFiles.class);

    /** What made a generation that neither version has made. */
    private static final int STRANGER = 0;

    private final ViewStore files;
    private final String view;
    private final Origin old;
    private final Origin current;
    private final Clock clock;
    private final Duration keepOld;
    private final Map<Long, Integer> makers = new TreeMap<>();
    private final Map<Long, Integer> strangers = new HashMap<>();
    private final Map<Integer, Long> complete = new HashMap<>();
    private int answers;

    /**
     * The files of a view.
     *
     * @param old what generations of the old version are made from and by
     * @param current the same for the new version
     * @param keepOld for so long is noted that a generation is kept, should its code be gone
     */
    VersionFiles(ViewStore files, String view, Origin old, Origin current, Clock clock, Duration keepOld) {
        this.files = files;
        this.view = view;
        this.old = old;
        this.current = current;
        this.clock = clock;
        this.keepOld = keepOld;
    }

    /** What a version sees of the store. */
    ViewStore of(int version) {
        return new OfVersion(version);
    }

    /** Which version has answered last on this node; 0 where that is not known. */
    synchronized int answeredLast() {
        find();
        OptionalLong named = named();
        return named.isPresent() ? makers.getOrDefault(named.getAsLong(), STRANGER) : STRANGER;
    }

    /**
     * A version answers: its complete generation is named. Where this fails, that of the other version still is.
     *
     * @throws dev.allframe.store.EventStoreException if it cannot be written
     */
    synchronized void answer(int version) {
        answers = version;
        Long generation = complete.get(version);
        if (generation != null) {
            name(generation);
        }
    }

    private void name(long generation) {
        OptionalLong before = named();
        if (before.isPresent() && !makerOf(before.getAsLong()).equals(makerOf(generation))) {
            note(before.getAsLong());
        }
        if (before.isEmpty() || before.getAsLong() != generation) {
            files.serve(view, generation);
        }
    }

    private void note(long generation) {
        Instant now = clock.instant();
        int version = makerOf(generation) == STRANGER
                ? strangers.getOrDefault(generation, STRANGER)
                : makerOf(generation);
        files.noteReplaced(view, generation, new Replacement(version, now, now.plus(keepOld)));
    }

    private Integer makerOf(long generation) {
        return makers.getOrDefault(generation, STRANGER);
    }

    private OptionalLong named() {
        try {
            return files.served(view);
        } catch (CorruptStoreException damaged) {
            LOG.warn("view '{}': which generation was served is not known: {}", view, Failures.message(damaged));
            return OptionalLong.empty();
        }
    }

    private Map<Long, Replacement> notes() {
        try {
            return files.replaced(view);
        } catch (CorruptStoreException | UnsupportedFormatException unknown) {
            LOG.warn("view '{}': which generations are complete is not known: {}", view, Failures.message(unknown));
            return Map.of();
        }
    }

    /** Looks into generations that were there before. */
    private void find() {
        files.generations(view).forEach(number -> makers.computeIfAbsent(number, this::maker));
    }

    private int maker(long number) {
        try (ViewTables tables = files.open(view, number)) {
            Origin origin = ViewFold.origin(tables).orElse(null);
            if (origin == null) {
                return STRANGER;
            }
            if (origin.equals(old) || origin.equals(current)) {
                return origin.version();
            }
            strangers.put(number, origin.version());
            return STRANGER;
        } catch (CorruptStoreException | UnsupportedFormatException damaged) {
            LOG.warn("view '{}': nobody knows which version has made generation {}: {}", view, number,
                    Failures.message(damaged));
            return STRANGER;
        }
    }

    private boolean isOf(int version, long generation) {
        int maker = makerOf(generation);
        return maker == version || (maker == STRANGER && version == current.version());
    }

    private OptionalLong served(int version) {
        find();
        OptionalLong named = named();
        if (named.isPresent() && makerOf(named.getAsLong()) == version) {
            return named;
        }
        OptionalLong noted = notes().entrySet()
                .stream()
                .filter(note -> makerOf(note.getKey()) == version)
                .max(Comparator.<Map.Entry<Long, Replacement>, Instant>comparing(note -> note.getValue().at())
                        .thenComparing(Map.Entry::getKey))
                .stream()
                .mapToLong(Map.Entry::getKey)
                .findFirst();
        return noted.isPresent() || named.isEmpty() || !isOf(version, named.getAsLong()) ? noted : named;
    }

    private void forget(long generation) {
        makers.remove(generation);
        complete.values().remove(generation);
    }

    /** What one version sees. */
    private final class OfVersion implements ViewStore {

        private final int version;

        OfVersion(int version) {
            this.version = version;
        }

        @Override
        public List<String> views() {
            return files.views();
        }

        @Override
        public List<Long> generations(String name) {
            synchronized (VersionFiles.this) {
                find();
                return files.generations(name).stream().filter(number -> isOf(version, number)).toList();
            }
        }

        @Override
        public OptionalLong served(String name) {
            synchronized (VersionFiles.this) {
                OptionalLong found = VersionFiles.this.served(version);
                if (found.isPresent() && makerOf(found.getAsLong()) == version) {
                    complete.put(version, found.getAsLong());
                }
                return found;
            }
        }

        @Override
        public ViewTables create(String name) {
            synchronized (VersionFiles.this) {
                ViewTables made = files.create(name);
                makers.put(made.generation(), version);
                return made;
            }
        }

        @Override
        public ViewTables open(String name, long generation) {
            synchronized (VersionFiles.this) {
                return files.open(name, generation);
            }
        }

        @Override
        public void serve(String name, long generation) {
            synchronized (VersionFiles.this) {
                if (answers == version) {
                    VersionFiles.this.name(generation);
                } else {
                    note(generation);
                }
                complete.put(version, generation);
            }
        }

        @Override
        public void noteReplaced(String name, long generation, Replacement replacement) {
            synchronized (VersionFiles.this) {
                files.noteReplaced(name, generation, replacement);
            }
        }

        /** Of its own generations one is served, and the others are not kept. */
        @Override
        public Map<Long, Replacement> replaced(String name) {
            synchronized (VersionFiles.this) {
                find();
                Predicate<Long> isStranger = number -> makerOf(number) == STRANGER && isOf(version, number);
                return files.replaced(name)
                        .entrySet()
                        .stream()
                        .filter(note -> isStranger.test(note.getKey()))
                        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, (one, same) -> one,
                                TreeMap::new));
            }
        }

        @Override
        public void drop(String name, long generation) {
            synchronized (VersionFiles.this) {
                files.drop(name, generation);
                forget(generation);
            }
        }

        @Override
        public String setAside(String name, long generation) {
            synchronized (VersionFiles.this) {
                String where = files.setAside(name, generation);
                forget(generation);
                return where;
            }
        }

        @Override
        public void close() {
            // the store is that of all views
        }
    }
}
