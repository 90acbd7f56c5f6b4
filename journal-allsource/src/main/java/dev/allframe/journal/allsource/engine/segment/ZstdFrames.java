package dev.allframe.journal.allsource.engine.segment;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Zstandard over byte arrays. Thread-safe. Contexts are used again, because making one costs as much as decompressing a
 * small block.
 */
final class ZstdFrames {

    private static final ConcurrentLinkedQueue<ZstdDecompressCtx> IDLE = new ConcurrentLinkedQueue<>();

    private ZstdFrames() {}

    /** A context for one thread; to be closed. */
    static ZstdCompressCtx compressor(int level) {
        return new ZstdCompressCtx().setLevel(level);
    }

    /** The most bytes that so many can become. */
    static int bound(int rawLength) {
        return Math.toIntExact(Zstd.compressBound(rawLength));
    }

    /**
     * Decompresses one frame, after a look at the length that it says it has: a wrong one must not cost memory.
     *
     * @throws ZstdException if it is none, or does not have exactly this length
     */
    static byte[] decompressed(int rawLength, byte[] from, int fromOffset, int storedLength) {
        if (rawLength < 0 || Zstd.getFrameContentSize(from, fromOffset, storedLength) != rawLength) {
            throw new ZstdException(Zstd.errCorruptionDetected(), "a frame is not of " + rawLength + " bytes");
        }
        byte[] raw = new byte[rawLength];
        decompress(raw, 0, rawLength, from, fromOffset, storedLength);
        return raw;
    }

    /**
     * Decompresses one frame.
     *
     * @throws ZstdException if it is none, or does not have exactly this length
     */
    static void decompress(byte[] into, int intoOffset, int rawLength, byte[] from, int fromOffset, int storedLength) {
        ZstdDecompressCtx idle = IDLE.poll();
        ZstdDecompressCtx context = idle == null ? new ZstdDecompressCtx() : idle;
        try {
            int length = context.decompressByteArray(into, intoOffset, rawLength, from, fromOffset, storedLength);
            if (length != rawLength) {
                throw new ZstdException(Zstd.errCorruptionDetected(),
                        "a frame has " + length + " bytes instead of " + rawLength);
            }
        } finally {
            // No more of them than threads that were decompressing at once.
            IDLE.offer(context);
        }
    }
}
