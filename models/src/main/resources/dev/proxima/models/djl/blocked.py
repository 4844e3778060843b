
  # A weight [out, in] in the layout of oneDNN's kernels, for about 32 rows at a time.
  def blocked(self, weight: Tensor) -> Tensor:
    return ops.mkldnn._reorder_linear_weight(weight, 32)

  def blocked_linear(self, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    if bias.numel() == 0:
      y = ops.mkldnn._linear_pointwise(x, weight, None, "none", annotate(List[Optional[number]], []), "")
    else:
      y = ops.mkldnn._linear_pointwise(x, weight, bias.to(x.dtype), "none", annotate(List[Optional[number]], []), "")
    return y
