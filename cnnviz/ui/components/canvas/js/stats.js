// Smallest, largest, mean and where, per channel and over all; values that are no finite numbers are only counted.
export function statsOf(values, channels, area) {
  const low = new Float64Array(channels).fill(Infinity);
  const high = new Float64Array(channels).fill(-Infinity);
  let [min, max, sum, odd, at] = [Infinity, -Infinity, 0, 0, 0];
  for (let c = 0, i = 0; c < channels; c += 1) {
    let [least, most] = [Infinity, -Infinity];
    for (const end = i + area; i < end; i += 1) {
      const value = values[i];
      if (value - value !== 0) {
        odd += 1;
        continue;
      }
      sum += value;
      if (value < least) least = value;
      if (value > most) most = value;
      if (value > max) [max, at] = [value, i];
    }
    low[c] = least;
    high[c] = most;
    if (least < min) min = least;
  }
  const count = channels * area - odd;
  return { low, high, min: count ? min : 0, max: count ? max : 0, mean: count ? sum / count : 0, odd, at };
}

export function channelRange(stats, channel) {
  const low = stats.low[channel];
  return low === Infinity ? [0, 0] : [low, stats.high[channel]];
}

export function union(ranges) {
  return [Math.min(...ranges.map((range) => range[0])), Math.max(...ranges.map((range) => range[1]))];
}
