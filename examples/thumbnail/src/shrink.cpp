#include <array>
#include <cmath>

#include "picture.hpp"

namespace {

constexpr int steps = 16384;

/// Between sRGB's bytes and amounts of light from 0 to 1 (IEC 61966-2-1).
struct Light {
  std::array<float, 256> ofByte;
  std::array<std::uint8_t, steps + 1> toByte;

  Light() {
    for (int byte = 0; byte < 256; ++byte) {
      const double value = byte / 255.0;
      ofByte[byte] = float(value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4));
    }
    for (int step = 0; step <= steps; ++step) {
      const double light = double(step) / steps;
      const double value = light <= 0.0031308 ? light * 12.92 : 1.055 * std::pow(light, 1 / 2.4) - 0.055;
      toByte[step] = std::uint8_t(std::lround(value * 255));
    }
  }
};

/// A new pixel's share of old ones along one direction: the first, the weight of each, all weights together 1.
struct Span {
  int first;
  std::vector<float> weights;
};

std::vector<Span> spansOf(int from, int to) {
  std::vector<Span> spans(to);
  const double ratio = double(from) / to;
  for (int index = 0; index < to; ++index) {
    const double start = index * ratio;
    const double end = std::min<double>(from, (index + 1) * ratio);
    Span &span = spans[index];
    span.first = int(start);
    for (int old = span.first; old < end; ++old)
      span.weights.push_back(float((std::min<double>(end, old + 1) - std::max<double>(start, old)) / ratio));
  }
  return spans;
}

/// One row as light, three numbers a pixel.
void toLight(const std::uint8_t *row, int width, int channels, const Light &light, std::vector<float> &out) {
  for (int x = 0; x < width; ++x, row += channels)
    for (int channel = 0; channel < 3; ++channel) {
      const float value = light.ofByte[row[channel]];
      const float alpha = channels == 4 ? row[3] / 255.0f : 1.0f;
      out[x * 3 + channel] = value * alpha + (1 - alpha);
    }
}

void addRow(const std::vector<float> &row, const std::vector<Span> &spans, float weight, std::vector<float> &sums) {
  float *sum = sums.data();
  for (const Span &span : spans) {
    const float *pixel = &row[std::size_t(span.first) * 3];
    float red = 0, green = 0, blue = 0;
    for (const float share : span.weights) {
      red += pixel[0] * share;
      green += pixel[1] * share;
      blue += pixel[2] * share;
      pixel += 3;
    }
    *sum++ += red * weight;
    *sum++ += green * weight;
    *sum++ += blue * weight;
  }
}

}  // namespace

Picture shrink(const std::uint8_t *pixels, Size from, int channels, Size to) {
  const Light light;
  const auto columns = spansOf(from.width, to.width);
  Picture picture{to, {}};
  picture.pixels.reserve(std::size_t(to.width) * to.height * 3);
  std::vector<float> row(std::size_t(from.width) * 3);
  for (const Span &rows : spansOf(from.height, to.height)) {
    std::vector<float> sums(std::size_t(to.width) * 3);
    for (std::size_t index = 0; index < rows.weights.size(); ++index) {
      const std::size_t y = rows.first + index;
      toLight(pixels + y * from.width * channels, from.width, channels, light, row);
      addRow(row, columns, rows.weights[index], sums);
    }
    for (const float sum : sums) picture.pixels.push_back(light.toByte[int(std::min(sum, 1.0f) * steps + 0.5f)]);
  }
  return picture;
}
