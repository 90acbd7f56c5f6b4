package dev.allframe.journal.allsource.engine.segment;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Zstandard over byte arrays. Thread-safe. Contexts are used again, because making one costs as much as decompressing a small block. */
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
