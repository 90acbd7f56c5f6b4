package dev.allframe.projection;

import dev.allframe.store.view.KeyRange;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Texts as UTF-8, in which a zero byte is followed by 0xFF, and which end with 0x00 0x01: so the shorter of two texts
 * comes first.
 */
final class TextKey implements KeyForm<String> {

    private static final int ESCAPED = 0xFF;
    private static final int END = 0x01;

    @Override
    public String description() {
        return "text";
    }

    @Override
    public void write(KeyBytes out, String value) {
        writeBeginning(out, value);
        out.u8(0);
        out.u8(END);
    }

    static void writeBeginning(KeyBytes out, String value) {
        ByteBuffer utf8;
        try {
            utf8 = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(value));
        } catch (CharacterCodingException unpaired) {
            throw new IllegalArgumentException("a text with an unpaired surrogate cannot be a key", unpaired);
        }
        while (utf8.hasRemaining()) {
            byte next = utf8.get();
            out.u8(next);
            if (next == 0) {
                out.u8(ESCAPED);
            }
        }
    }

    @Override
    public String read(KeySource in) {
        byte[] utf8 = new byte[16];
        int length = 0;
        while (true) {
            int next = in.u8();
            if (next == 0) {
                int after = in.u8();
                if (after == END) {
                    return text(utf8, length);
                }
                if (after != ESCAPED) {
                    throw new IllegalArgumentException("a text in a key is not written so");
                }
            }
            if (length == utf8.length) {
                utf8 = Arrays.copyOf(utf8, 2 * length);
            }
            utf8[length++] = (byte) next;
        }
    }

    private static String text(byte[] utf8, int length) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8, 0, length)).toString();
        } catch (CharacterCodingException unfit) {
            throw new IllegalArgumentException("a text in a key is not UTF-8", unfit);
        }
    }

    @Override
    public KeyRange prefixes(Range<String> range) {
        if (!(range instanceof Range.Prefix(String text))) {
            return KeyForm.super.prefixes(range);
        }
        KeyBytes out = new KeyBytes();
        writeBeginning(out, text);
        return KeyRange.prefix(out.toByteArray());
    }
}
