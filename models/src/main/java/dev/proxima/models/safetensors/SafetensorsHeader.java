package dev.proxima.models.safetensors;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** The JSON header of a safetensors file. */
record SafetensorsHeader(SortedMap<String, TensorInfo> tensors, Map<String, String> metadata) {

  /** The format's own limit, in bytes. */
  static final int MAX_BYTES = 100_000_000;

  static final String METADATA = "__metadata__";

  private static final Map<String, Integer> DTYPE_BYTES =
      Map.ofEntries(
          Map.entry("F64", 8),
          Map.entry("F32", 4),
          Map.entry("F16", 2),
          Map.entry("BF16", 2),
          Map.entry("F8_E4M3", 1),
          Map.entry("F8_E5M2", 1),
          Map.entry("I64", 8),
          Map.entry("I32", 4),
          Map.entry("I16", 2),
          Map.entry("I8", 1),
          Map.entry("U64", 8),
          Map.entry("U32", 4),
          Map.entry("U16", 2),
          Map.entry("U8", 1),
          Map.entry("BOOL", 1));

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /**
   * Reads a header and checks that the tensors' ranges fill the data section exactly.
   *
   * @param dataBytes length of the data section
   * @throws IllegalArgumentException with one line that says what is wrong
   */
  static SafetensorsHeader parse(byte[] json, long dataBytes) {
    // UTF-8 alone begins so, with no mark and no padding before; Jackson would also guess others.
    require(json.length > 0 && json[0] == '{', "the header is not a JSON object");
    JsonNode root;
    try (Reader text =
        new InputStreamReader(
            new ByteArrayInputStream(json), StandardCharsets.UTF_8.newDecoder())) {
      root = JSON.readTree(text);
    } catch (IOException e) {
      throw new IllegalArgumentException("the header is not valid JSON: " + reason(e), e);
    }
    SortedMap<String, TensorInfo> tensors = new TreeMap<>();
    Map<String, String> metadata = new TreeMap<>();
    for (Map.Entry<String, JsonNode> entry : root.properties()) {
      if (entry.getKey().equals(METADATA)) {
        readMetadata(entry.getValue(), metadata);
      } else {
        tensors.put(entry.getKey(), readTensor(entry.getKey(), entry.getValue()));
      }
    }
    checkRanges(tensors, dataBytes);
    return new SafetensorsHeader(tensors, metadata);
  }

  /** The header's bytes, padded with spaces to a multiple of 8. */
  byte[] toBytes() {
    ObjectNode root = JSON.createObjectNode();
    if (!metadata.isEmpty()) {
      ObjectNode node = root.putObject(METADATA);
      new TreeMap<>(metadata).forEach(node::put);
    }
    tensors.forEach(
        (name, tensor) -> {
          ObjectNode node = root.putObject(name).put("dtype", tensor.dtype());
          var shape = node.putArray("shape");
          Arrays.stream(tensor.shape()).forEach(shape::add);
          node.putArray("data_offsets").add(tensor.begin()).add(tensor.end());
        });
    byte[] json = root.toString().getBytes(StandardCharsets.UTF_8);
    byte[] padded = Arrays.copyOf(json, (json.length + 7) / 8 * 8);
    Arrays.fill(padded, json.length, padded.length, (byte) ' ');
    return padded;
  }

  private static void readMetadata(JsonNode node, Map<String, String> metadata) {
    require(node.isObject(), METADATA + " is not a JSON object");
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      require(entry.getValue().isTextual(), METADATA + " '" + entry.getKey() + "' is not a string");
      metadata.put(entry.getKey(), entry.getValue().textValue());
    }
  }

  private static TensorInfo readTensor(String name, JsonNode node) {
    JsonNode dtypeNode = node.path("dtype");
    require(dtypeNode.isTextual(), "tensor '" + name + "' has no dtype");
    String dtype = dtypeNode.textValue();
    Integer elementBytes = DTYPE_BYTES.get(dtype);
    require(elementBytes != null, "tensor '" + name + "' has the unknown dtype '" + dtype + "'");
    long[] shape = readLongs(name, node, "shape");
    long[] offsets = readLongs(name, node, "data_offsets");
    require(
        offsets.length == 2 && offsets[0] <= offsets[1],
        "tensor '" + name + "' has data_offsets that are not a range");
    long bytes = elementBytes;
    try {
      for (long extent : shape) {
        bytes = Math.multiplyExact(bytes, extent);
      }
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException("tensor '" + name + "' has too large a shape", e);
    }
    require(
        offsets[1] - offsets[0] == bytes,
        "tensor '"
            + name
            + "' of shape "
            + Arrays.toString(shape)
            + " and dtype "
            + dtype
            + " needs "
            + bytes
            + " bytes, but its range holds "
            + (offsets[1] - offsets[0]));
    return new TensorInfo(dtype, shape, offsets[0], offsets[1]);
  }

  private static long[] readLongs(String name, JsonNode node, String field) {
    JsonNode array = node.path(field);
    require(array.isArray(), "tensor '" + name + "' has no " + field);
    long[] values = new long[array.size()];
    for (int i = 0; i < values.length; i++) {
      JsonNode value = array.get(i);
      require(
          value.isIntegralNumber() && value.canConvertToLong() && value.longValue() >= 0,
          "tensor '" + name + "' has " + field + " that are not non-negative integers");
      values[i] = value.longValue();
    }
    return values;
  }

  private static void checkRanges(SortedMap<String, TensorInfo> tensors, long dataBytes) {
    List<Map.Entry<String, TensorInfo>> inFileOrder =
        tensors.entrySet().stream()
            .sorted(
                Comparator.<Map.Entry<String, TensorInfo>>comparingLong(e -> e.getValue().begin())
                    .thenComparingLong(e -> e.getValue().end()))
            .toList();
    long expected = 0;
    for (Map.Entry<String, TensorInfo> entry : inFileOrder) {
      long begin = entry.getValue().begin();
      require(
          begin == expected,
          "tensor '"
              + entry.getKey()
              + "' begins at byte "
              + begin
              + (begin < expected ? ", inside another tensor" : ", after a gap from byte ")
              + (begin < expected ? "" : expected));
      expected = entry.getValue().end();
    }
    require(
        expected == dataBytes,
        "the tensors take "
            + expected
            + " bytes, but the file holds "
            + dataBytes
            + "; it is truncated or has been appended to");
  }

  private static String reason(IOException e) {
    if (e instanceof CharacterCodingException) {
      return "it is not UTF-8";
    }
    return e instanceof JsonProcessingException json ? json.getOriginalMessage() : e.getMessage();
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }
}
