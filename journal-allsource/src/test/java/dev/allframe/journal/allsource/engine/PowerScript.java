package dev.allframe.journal.allsource.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

/**
 * The operations of a store's life, the same wherever they are computed: of each time that it was open, a seed and how
 * many of that seed's operations a power loss has left.
 */
record PowerScript(List<Part> parts) {

    record Part(long seed, int operations) {}

    static final PowerScript NEW = new PowerScript(List.of());

    PowerScript with(long seed, int operations) {
        List<Part> more = new ArrayList<>(parts);
        more.add(new Part(seed, operations));
        return new PowerScript(List.copyOf(more));
    }

    static PowerScript parse(String text) {
        PowerScript script = NEW;
        for (String part : text.split(",", -1)) {
            String[] numbers = part.split(":", -1);
            if (numbers.length == 2) {
                script = script.with(Long.parseLong(numbers[0]), Integer.parseInt(numbers[1]));
            }
        }
        return script;
    }

    /** What the store holds after all of it. */
    Model model() {
        Model model = new Model();
        for (Part part : parts) {
            operations(model, part.seed, part.operations);
        }
        return model;
    }

    /** The next operations of a store, which the model has done then. */
    static List<Operation> operations(Model model, long seed, int count) {
        Operations random = new Operations(new Random(seed));
        List<Operation> operations = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Operation next = random.next(model);
            model.accepts(next);
            operations.add(next);
        }
        return operations;
    }

    @Override
    public String toString() {
        return parts.stream().map(part -> part.seed + ":" + part.operations).collect(Collectors.joining(","));
    }
}
