package dev.allframe.documents;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The code in a document. */
final class Markdown {

    private static final String FENCE = "```";
    private static final Pattern NAMED = Pattern.compile("^`([\\w./-]+\\.\\w+)`.*:$");
    private static final Pattern INLINE = Pattern.compile("(?s)`([^`]+)`");

    private Markdown() {}

    /**
     * A fenced block.
     *
     * @param lead the last line of text before it
     * @param language what stands behind the fence, empty where nothing does
     * @param text its lines
     */
    record Block(String lead, String language, String text) {

        /** The file that a lead such as {@code `pom.xml`:} names, empty for any other. */
        String file() {
            return NAMED.matcher(lead).results().map(match -> match.group(1)).findFirst().orElse("");
        }
    }

    /** The fenced blocks in their order. */
    static List<Block> blocks(Path document) {
        List<Block> blocks = new ArrayList<>();
        parse(document, blocks);
        return blocks;
    }

    /** Adds the blocks, and returns the text without them. */
    private static String parse(Path document, List<Block> blocks) {
        StringBuilder prose = new StringBuilder();
        StringBuilder code = new StringBuilder();
        String lead = "";
        String language = "";
        boolean inside = false;
        for (String line : Checkout.read(document).lines().toList()) {
            if (line.startsWith(FENCE)) {
                if (inside) {
                    blocks.add(new Block(lead, language, code.toString()));
                    lead = "";
                }
                inside = !inside;
                language = line.substring(FENCE.length()).strip();
                code.setLength(0);
            } else if (inside) {
                code.append(line).append('\n');
            } else {
                lead = line.isBlank() ? lead : line;
                prose.append(line).append('\n');
            }
        }
        if (inside) {
            throw new IllegalStateException(document + ": a block has no end");
        }
        return prose.toString();
    }

    static List<Block> blocks(Path document, String language) {
        return blocks(document).stream().filter(block -> block.language().equals(language)).toList();
    }

    /** Lines of blocks, without a prompt and with continued lines joined; and inline code, without line breaks. */
    static Stream<String> code(Path document) {
        List<Block> blocks = new ArrayList<>();
        String prose = parse(document, blocks);
        Stream<String> lines = blocks.stream().flatMap(block -> block.text().replaceAll("\\\\\n\\s*", "").lines());
        Stream<String> inline = INLINE.matcher(prose)
                .results()
                .map(match -> match.group(1).replaceAll("\\s+", " "));
        return Stream.concat(lines, inline).map(line -> line.strip().replaceFirst("^\\$ ", ""));
    }
}
