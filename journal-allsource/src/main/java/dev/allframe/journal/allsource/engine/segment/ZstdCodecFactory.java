package dev.allframe.journal.allsource.engine.segment;

import com.github.luben.zstd.ZstdCompressCtx;
import java.io.IOException;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/** Zstandard for Parquet's writer, whose own codecs need Hadoop. Reading does not go through it. For one thread. */
final class ZstdCodecFactory implements CompressionCodecFactory {

    private final Compressor compressor;

    ZstdCodecFactory(int level) {
        compressor = new Compressor(ZstdFrames.compressor(level));
    }

    @Override
    public BytesInputCompressor getCompressor(CompressionCodecName codec) {
        if (codec != CompressionCodecName.ZSTD) {
            throw new UnsupportedOperationException("segments are compressed with ZSTD, not " + codec);
        }
        return compressor;
    }

    @Override
    public BytesInputDecompressor getDecompressor(CompressionCodecName codec) {
        throw new UnsupportedOperationException("pages are decompressed by ColumnPages");
    }

    @Override
    public void release() {
        compressor.zstd.close();
    }

    @SuppressWarnings("deprecation")
    private record Compressor(ZstdCompressCtx zstd) implements BytesInputCompressor {

        @Override
        public BytesInput compress(BytesInput bytes) throws IOException {
            return BytesInput.from(zstd.compress(bytes.toByteArray()));
        }

        @Override
        public CompressionCodecName getCodecName() {
            return CompressionCodecName.ZSTD;
        }

        @Override
        public void release() {
            // The factory closes the context.
        }
    }
}
