package dev.allframe.journal.allsource.views;

import dev.allframe.failure.Failures;
import dev.allframe.journal.allsource.engine.files.StoreLayout;
import dev.allframe.store.EventStoreException;
import dev.allframe.store.view.Replacement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the directory of a view tells without opening a generation, also while another process has them open.
 *
 * @param name the view
 * @param served the generation that is served; empty where there is none, or what names it is damaged
 * @param generations ascending by their numbers
 * @param setAside the names of directories that were set aside
 * @param setAsideBytes what they take
 * @param damage of the files that name the served one and those that were replaced, in words; null where there is none
 */
public record StoredView(String name, OptionalLong served, List<StoredGeneration> generations, List<String> setAside,
        long setAsideBytes, @Nullable String damage) {

    /**
     * A generation.
     *
     * @param number of it
     * @param bytes of its files
     * @param replaced what is noted where a generation of other code has replaced it; null where none has
     */
    public record StoredGeneration(long number, long bytes, @Nullable Replacement replaced) {}

    public StoredView {
        generations = List.copyOf(generations);
        setAside = List.copyOf(setAside);
    }

    /** The views in the directory of a store, in the order of their names. */
    public static List<StoredView> list(Path storeDirectory) throws IOException {
        List<StoredView> views = new ArrayList<>();
        for (ViewDirectory directory : ViewDirectory.all(storeDirectory.resolve(StoreLayout.VIEWS))) {
            views.add(of(directory));
        }
        return views;
    }

    private static StoredView of(ViewDirectory directory) throws IOException {
        List<String> aside = new ArrayList<>();
        long asideBytes = 0;
        for (Path path : directory.setAside()) {
            aside.add(path.getFileName().toString());
            asideBytes += bytes(path);
        }
        OptionalLong served = OptionalLong.empty();
        String damage = null;
        try {
            served = directory.served();
        } catch (EventStoreException damaged) {
            damage = Failures.message(damaged);
        }
        Map<Long, Replacement> replaced = Map.of();
        try {
            replaced = directory.replaced();
        } catch (EventStoreException damaged) {
            damage = damage == null ? Failures.message(damaged) : damage;
        }
        List<StoredGeneration> generations = new ArrayList<>();
        for (long number : directory.generations()) {
            generations.add(new StoredGeneration(number, bytes(directory.generation(number)), replaced.get(number)));
        }
        return new StoredView(directory.view(), served, generations, aside, asideBytes, damage);
    }

    private static long bytes(Path generation) {
        long bytes = 0;
        try (Stream<Path> files = Files.list(generation)) {
            for (Path file : files.toList()) {
                bytes += bytesOfFile(file);
            }
        } catch (IOException goneMeanwhile) {
            return bytes;
        }
        return bytes;
    }

    private static long bytesOfFile(Path file) {
        try {
            return Files.size(file);
        } catch (IOException goneMeanwhile) {
            return 0;
        }
    }
}
