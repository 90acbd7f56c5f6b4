package dev.allframe.journal.allsource.engine.segment;

import com.github.luben.zstd.ZstdCompressCtx;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.compression.CompressionCodecFactory.BytesInputCompressor;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/** Zstandard for Parquet's writer, whose own codecs need Hadoop. For one thread. */
final class ZstdCompressor implements BytesInputCompressor, Closeable {

    private final ZstdCompressCtx zstd;

    ZstdCompressor(int level) {
        zstd = ZstdFrames.compressor(level);
    }

    @Override
    public BytesInput compress(BytesInput bytes) throws IOException {
        ByteArrayOutputStream raw = new ByteArrayOutputStream(Math.toIntExact(bytes.size()));
        bytes.writeAllTo(raw);
        return BytesInput.from(zstd.compress(raw.toByteArray()));
    }

    @Override
    public CompressionCodecName getCodecName() {
        return CompressionCodecName.ZSTD;
    }

    @Override
    public void release() {
        // Pages of the next row group need it; close() ends it.
    }

    @Override
    public void close() {
        zstd.close();
    }
}
