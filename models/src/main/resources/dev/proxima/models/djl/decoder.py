# The forward pass of a decoder as TorchScript, for which no Python is needed: PyTorch's C++ reads it.
#
# Below, n = packed tokens, d = hidden size, h = head size, H = heads, K = key/value heads, B and S = rows and
# columns of the rectangle that attention works on, C = columns of a cache. Tokens are packed without padding;
# only attention, whose cost is small where sequences are short, is padded.
#
# design   [H, K, h, activation (0 SiLU, 1 GELU, 2 GELU by tanh), gated (0, 1)]
# numbers  [epsilon of the norms, added to the norms' weights, scale of the scores, cap of the scores or 0]
# weights  16 for each layer in the order of dev.proxima.models.djl.Slot; absent ones are empty
# windows  for each layer how many positions a token sees, itself included; 0 for all
# dtype    of products and attention, by PyTorch's number: 6 float32, 15 bfloat16; norms and sums are float32
# adapters 15 for each layer in the order of dev.proxima.models.djl.LoraAdapters; none where all parameters are trained
# lora     [scale []]; with dropout also keys of the packed tokens int64 [n, 1], and the least key that is kept int64 []
# dropout  none, or keys of the packed tokens int64 [n, 1], the least key that is kept int64 [], what the kept is multiplied
#          by [], and keys int64 [d] of the entries of each place: in layers what attention and what feed-forward adds
class Decoder(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  def cast(self, x: Tensor, dtype: int) -> Tensor:
    return x.to(dtype)

  def moved(self, x: Tensor, there: Tensor) -> Tensor:
    return x.to(there.device)

  def zeros(self, like: Tensor, size: List[int], dtype: int) -> Tensor:
    return torch.zeros(size, dtype=dtype, device=like.device)

  # Hidden states [n, d] of tokens [n] at positions [n]; learned: the table of learned positions, or empty.
  def embed(self, tokens: Tensor, positions: Tensor, embedding: Tensor, learned: Tensor, scale: float) -> Tensor:
    x = torch.embedding(embedding, tokens).to(6)
    if scale != 1.:
      x = torch.mul(x, scale)
    if learned.numel() != 0:
      x = torch.add(x, torch.embedding(learned, positions).to(6))
    return x

  # weight [out, in], or what blocked() made of it.
  def linear(self, x: Tensor, weight: Tensor, bias: Tensor, dtype: int) -> Tensor:
    if weight.is_mkldnn:
      y = self.blocked_linear(x.to(dtype), weight, bias)
    elif bias.numel() == 0:
      y = torch.linear(x.to(dtype), weight.to(dtype))
    else:
      y = torch.linear(x.to(dtype), weight.to(dtype), bias.to(dtype))
    return y

  # Which entries dropout keeps, bool [n, m], by the product of the token's key and the entry's own (multiply-shift
  # hashing; Dietzfelbinger et al. 1997), so that it does not matter what else is packed.
  def kept(self, tokens: Tensor, entries: Tensor, least: Tensor) -> Tensor:
    return torch.ge(torch.mul(tokens, entries), least)

  # What dropout keeps of x [n, d], which enters the residual stream at a place.
  def drop(self, x: Tensor, dropout: List[Tensor], place: int) -> Tensor:
    y = x
    if len(dropout) != 0:
      y = torch.mul(torch.mul(x.to(6), self.kept(dropout[0], dropout[3 + place], dropout[1])), dropout[2])
    return y

  # y [n, out] plus scale B A drop(x): low-rank adapters (Hu et al. 2021) of a linear layer with input x [n, in]. At a
  # lie A, the adapters' rows one below the other [r.., in], keys of the input's entries int64 [in], and for each part of
  # the output its B [out, r], with r = 0 where it has no adapter.
  def adapted(self, y: Tensor, x: Tensor, adapters: List[Tensor], a: int, parts: int, lora: List[Tensor], dtype: int) -> Tensor:
    z = y
    if len(adapters) != 0 and adapters[a].numel() != 0:
      inputs = x.to(dtype)
      if len(lora) > 1:
        inputs = torch.mul(inputs, self.kept(lora[1], adapters[a + 1], lora[2]))
      low = torch.mul(torch.linear(inputs, adapters[a].to(dtype)), lora[0])
      changes = annotate(List[Tensor], [])
      begin = 0
      for i in range(parts):
        up = adapters[a + 2 + i]
        end = begin + up.size(1)
        changes.append(torch.linear(torch.slice(low, 1, begin, end), up.to(dtype)))
        begin = end
      z = torch.add(y, torch.cat(changes, 1))
    return z

  # Root-mean-square norm (Zhang and Sennrich 2019), or layer norm (Ba et al. 2016) where there is a bias.
  def norm(self, x: Tensor, weight: Tensor, bias: Tensor, numbers: List[float]) -> Tensor:
    if bias.numel() == 0:
      inverse = torch.rsqrt(torch.add(torch.mean(torch.pow(x, 2), [-1], True), numbers[0]))
      if numbers[1] == 0.:
        y = torch.mul(torch.mul(x, inverse), weight)
      else:
        y = torch.mul(torch.mul(x, inverse), torch.add(weight, numbers[1]))
    else:
      y = torch.layer_norm(x, [x.size(-1)], weight, bias, numbers[0])
    return y

  # Rotary positions (Su et al. 2021) as Hugging Face lays them out: element i of the first half of a head turns
  # with element i of the second. x [n, heads, h]; turns: cosines and sines [n, 1, h], or none.
  def turn(self, x: Tensor, turns: List[Tensor]) -> Tensor:
    if len(turns) == 0:
      y = x
    else:
      half = x.size(-1) // 2
      first, second = torch.split(x, [half, half], -1)
      y = torch.add(torch.mul(x, turns[0]), torch.mul(torch.cat([torch.neg(second), first], -1), turns[1]))
    return y

  # Queries [n, H, h], keys and values [n, K, h] of a layer whose weights begin at w and whose adapters begin at a.
  def project(self, x: Tensor, weights: List[Tensor], w: int, turns: List[Tensor], design: List[int], numbers: List[float], dtype: int, adapters: List[Tensor], a: int, lora: List[Tensor]) -> List[Tensor]:
    heads = design[0]
    groups = design[1]
    normed = self.norm(x, weights[w], weights[w + 1], numbers)
    joint = self.adapted(self.linear(normed, weights[w + 2], weights[w + 3], dtype), normed, adapters, a, 3, lora, dtype)
    turning, values = torch.split(joint.view([-1, heads + 2 * groups, design[2]]), [heads + groups, groups], 1)
    if weights[w + 4].numel() != 0:
      queries, keys = torch.split(turning.to(6), [heads, groups], 1)
      queries = self.norm(queries, weights[w + 4], weights[w + 1], numbers)
      keys = self.norm(keys, weights[w + 5], weights[w + 1], numbers)
      turning = torch.cat([queries, keys], 1)
    queries, keys = torch.split(self.turn(turning, turns).to(dtype), [heads, groups], 1)
    return [queries, keys, values]

  # What follows attention; mixed [n, H h]. The layer's places of dropout begin at place.
  def finish(self, x: Tensor, mixed: Tensor, weights: List[Tensor], w: int, design: List[int], numbers: List[float], dtype: int, adapters: List[Tensor], a: int, lora: List[Tensor], dropout: List[Tensor], place: int) -> Tensor:
    attended = self.adapted(self.linear(mixed, weights[w + 6], weights[w + 7], dtype), mixed, adapters, a + 5, 1, lora, dtype)
    if weights[w + 8].numel() != 0:
      attended = self.norm(attended.to(6), weights[w + 8], weights[w + 1], numbers)
    y = torch.add(x, self.drop(attended, dropout, place))
    normed = self.norm(y, weights[w + 9], weights[w + 10], numbers)
    inner = self.adapted(self.linear(normed, weights[w + 11], weights[w + 12], dtype), normed, adapters, a + 8, 2, lora, dtype)
    gate = inner
    if design[4] == 1:
      half = inner.size(-1) // 2
      gate, inner = torch.split(inner, [half, half], -1)
    if design[3] == 0:
      active = torch.silu(gate)
    elif design[3] == 1:
      active = torch.gelu(gate)
    else:
      active = torch.gelu(gate, approximate="tanh")
    if design[4] == 1:
      active = torch.mul(active, inner)
    fed = self.adapted(self.linear(active, weights[w + 13], weights[w + 14], dtype), active, adapters, a + 12, 1, lora, dtype)
    if weights[w + 15].numel() != 0:
      fed = self.norm(fed.to(6), weights[w + 15], weights[w + 1], numbers)
    return torch.add(y, self.drop(fed, dropout, place + 1))

  # softmax(scale queries keys^T) values where seen is true (or causally, where it is empty), over [B, heads, .., h].
  def attend(self, queries: Tensor, keys: Tensor, values: Tensor, seen: Tensor, numbers: List[float]) -> Tensor:
    if numbers[3] == 0.:
      if seen.numel() == 0:
        mixed = torch.scaled_dot_product_attention(queries, keys, values, None, 0., True, scale=numbers[2])
      else:
        mixed = torch.scaled_dot_product_attention(queries, keys, values, seen, 0., False, scale=numbers[2])
    else:
      scores = torch.mul(torch.matmul(queries, torch.transpose(keys, 2, 3)).to(6), numbers[2])
      capped = torch.mul(torch.tanh(torch.div(scores, numbers[3])), numbers[3])
      hidden = torch.masked_fill(capped, torch.logical_not(seen), -inf)
      mixed = torch.matmul(torch.softmax(hidden, -1).to(values.dtype), values)
    return mixed

  # Which of S positions each of them sees, bool [S, S]; empty where causality is all.
  def band(self, like: Tensor, columns: int, window: int, numbers: List[float]) -> Tensor:
    if numbers[3] == 0. and (window == 0 or window >= columns):
      seen = torch.empty([0], dtype=11, device=like.device)
    else:
      at = torch.arange(columns, device=like.device)
      back = torch.sub(torch.unsqueeze(at, 1), torch.unsqueeze(at, 0))
      seen = torch.ge(back, 0)
      if window != 0:
        seen = torch.logical_and(seen, torch.lt(back, window))
    return seen

  # Attention among packed tokens. rectangle: [] where n = B S already, else int64 [B S], the packed token of each
  # cell (any token in the padding), and int64 [n], the cell of each packed token. Sequences with the same
  # prompt share its tokens.
  def mix(self, parts: List[Tensor], rectangle: List[Tensor], columns: int, window: int, design: List[int], numbers: List[float]) -> Tensor:
    heads = design[0]
    groups = design[1]
    h = design[2]
    cells = annotate(List[Tensor], [])
    for i in range(3):
      flat = parts[i].reshape([parts[i].size(0), -1])
      if len(rectangle) != 0:
        flat = torch.embedding(flat, rectangle[0])
      cells.append(torch.transpose(flat.view([-1, columns, parts[i].size(1), h]), 1, 2))
    keys = cells[1]
    values = cells[2]
    if heads != groups:
      size = [keys.size(0), groups, heads // groups, columns, h]
      keys = torch.unsqueeze(keys, 2).expand(size).reshape([-1, heads, columns, h])
      values = torch.unsqueeze(values, 2).expand(size).reshape([-1, heads, columns, h])
    mixed = self.attend(cells[0], keys, values, self.band(keys, columns, window, numbers), numbers)
    flat = torch.transpose(mixed, 1, 2).reshape([-1, heads * h])
    if len(rectangle) != 0:
      flat = torch.embedding(flat, rectangle[1])
    return flat

  # Layers over packed tokens x [n, d], which have nothing before them.
  def packed(self, x: Tensor, weights: List[Tensor], turns: List[Tensor], rectangle: List[Tensor], columns: int, windows: List[int], design: List[int], numbers: List[float], dtype: int, adapters: List[Tensor], lora: List[Tensor], dropout: List[Tensor]) -> Tensor:
    y = x
    for i in range(len(windows)):
      parts = self.project(y, weights, 16 * i, turns, design, numbers, dtype, adapters, 15 * i, lora)
      mixed = self.mix(parts, rectangle, columns, windows[i], design, numbers)
      y = self.finish(y, mixed, weights, 16 * i, design, numbers, dtype, adapters, 15 * i, lora, dropout, 2 * i)
    return y

  # Likewise, and keeps keys and values: those of packed token sources[j] in cell cells[j] (row * C + position) of caches [rows, K, C, h].
  def prefill(self, x: Tensor, weights: List[Tensor], turns: List[Tensor], rectangle: List[Tensor], columns: int, caches: List[Tensor], cells: Tensor, sources: Tensor, windows: List[int], design: List[int], numbers: List[float], dtype: int) -> Tensor:
    none = annotate(List[Tensor], [])
    places = self.places(cells, caches[0])
    y = x
    for i in range(len(windows)):
      parts = self.project(y, weights, 16 * i, turns, design, numbers, dtype, none, 0, none)
      self.keep(caches[2 * i], places, torch.index_select(parts[1], 0, sources))
      self.keep(caches[2 * i + 1], places, torch.index_select(parts[2], 0, sources))
      mixed = self.mix(parts, rectangle, columns, windows[i], design, numbers)
      y = self.finish(y, mixed, weights, 16 * i, design, numbers, dtype, none, 0, none, none, 0)
    return y

  # One more token for each of the first B rows of the caches, x [B, d], at positions [B] of its row.
  def decode(self, x: Tensor, weights: List[Tensor], turns: List[Tensor], positions: Tensor, columns: int, caches: List[Tensor], windows: List[int], design: List[int], numbers: List[float], dtype: int) -> Tensor:
    rows = x.size(0)
    h = design[2]
    at = torch.unsqueeze(torch.arange(columns, device=x.device), 0)
    back = torch.sub(torch.unsqueeze(positions, 1), at)
    past = torch.ge(back, 0)
    cells = torch.add(torch.mul(torch.arange(rows, device=x.device), caches[0].size(2)), positions)
    none = annotate(List[Tensor], [])
    places = self.places(cells, caches[0])
    y = x
    for i in range(len(windows)):
      parts = self.project(y, weights, 16 * i, turns, design, numbers, dtype, none, 0, none)
      self.keep(caches[2 * i], places, parts[1])
      self.keep(caches[2 * i + 1], places, parts[2])
      keys = torch.slice(torch.slice(caches[2 * i], 0, 0, rows), 2, 0, columns)
      values = torch.slice(torch.slice(caches[2 * i + 1], 0, 0, rows), 2, 0, columns)
      seen = past
      if windows[i] != 0:
        seen = torch.logical_and(past, torch.lt(back, windows[i]))
      # Query heads that share a key head are further queries of it.
      queries = parts[0].reshape([rows, design[1], -1, h])
      mixed = self.attend(queries, keys, values, seen.view([rows, 1, 1, columns]), numbers)
      y = self.finish(y, mixed.reshape([rows, -1]), weights, 16 * i, design, numbers, dtype, none, 0, none, none, 0)
    return y

  # Copies rows of the caches, int64 [m] from and to, as far as columns.
  def move(self, caches: List[Tensor], sources: Tensor, targets: Tensor, columns: int) -> Tensor:
    for i in range(len(caches)):
      used = torch.slice(caches[i], 2, 0, columns)
      _ = torch.index_copy_(used, 0, targets, torch.index_select(used, 0, sources))
    return targets

  # Where the K heads of each cell lie in a cache [rows, K, C, h], int64 [m K].
  def places(self, cells: Tensor, cache: Tensor) -> Tensor:
    rows = torch.mul(torch.div(cells, cache.size(2), rounding_mode="floor"), cache.size(1))
    heads = torch.add(torch.unsqueeze(rows, 1), torch.arange(cache.size(1), device=cells.device))
    columns = torch.unsqueeze(torch.remainder(cells, cache.size(2)), 1)
    return torch.add(torch.mul(heads, cache.size(2)), columns).view([-1])

  def keep(self, cache: Tensor, places: Tensor, parts: Tensor) -> NoneType:
    h = parts.size(2)
    _ = torch.index_copy_(cache.view([-1, h]), 0, places, parts.reshape([-1, h]))
    return None

  # Logits [n, vocabulary] of hidden states [n, d]. head: final norm's weight and bias, output layer's weight.
  def logits(self, x: Tensor, head: List[Tensor], numbers: List[float], cap: float, dtype: int) -> Tensor:
    y = self.linear(self.norm(x, head[0], head[1], numbers), head[2], torch.slice(head[1], 0, 0, 0), dtype).to(6)
    if cap != 0.:
      y = torch.mul(torch.tanh(torch.div(y, cap)), cap)
    return y

  def logsumexp(self, x: Tensor) -> Tensor:
    return torch.logsumexp(x, [-1])

  # Log-probabilities [n] of tokens [n] after hidden states x [n, d].
  def logps(self, x: Tensor, tokens: Tensor, head: List[Tensor], numbers: List[float], cap: float, dtype: int) -> Tensor:
    all = torch.log_softmax(self.logits(x, head, numbers, cap, dtype), -1)
    return torch.squeeze(torch.gather(all, 1, torch.unsqueeze(tokens, 1)), 1)
